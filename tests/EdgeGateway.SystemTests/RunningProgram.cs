using System.Diagnostics;

namespace EdgeGateway.SystemTests;

/// <summary>A process a test has started: what it says as it says it, and its end by its id.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private readonly List<string> _all = [];
    private readonly string _called;

    private RunningProgram(Process process, string called)
    {
        (_process, _called) = (process, called);
        process.OutputDataReceived += (_, e) => Note(_output, e.Data);
        process.ErrorDataReceived += (_, e) => Note(_errors, e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Everything it has said, standard output and errors as they came.</summary>
    public string Said => Joined(_all);

    public string Output => Joined(_output);

    public string Errors => Joined(_errors);

    public bool HasEnded => _process.HasExited;

    /// <summary>Of the process.</summary>
    public int Id => _process.Id;

    /// <summary>How a command of the gateway is started from the build these tests stand beside.</summary>
    public static IReadOnlyList<string> GatewayCommand { get; } = ["dotnet", Path.Combine(AppContext.BaseDirectory, "EdgeGateway.dll")];

    /// <summary>Starts a program and listens to it.</summary>
    public static RunningProgram Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment.Remove("STATE_DIRECTORY");
        start.Environment.Remove("NOTIFY_SOCKET");
        return new RunningProgram(new Process { StartInfo = start }, $"{Path.GetFileName(program)} {string.Join(' ', start.ArgumentList)}");
    }

    /// <summary>Starts one of the gateway's commands from the build these tests stand beside.</summary>
    public static RunningProgram Gateway(params IEnumerable<string> arguments) =>
        Start(GatewayCommand[0], [.. GatewayCommand.Skip(1), .. arguments]);

    /// <summary>Runs one of the gateway's commands to its end and checks how it ended.</summary>
    public static async Task<RunningProgram> GatewayToEnd(int expected, params IEnumerable<string> arguments)
    {
        var program = Gateway(arguments);
        await program.Ends(expected);
        return program;
    }

    /// <summary>How often a text stands in what it has said.</summary>
    public int Times(string text)
    {
        lock (_gate) return _all.Count(line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>Waits until a line with this text has come, so many times.</summary>
    public Task Says(string text, int times = 1) => Until(() => Times(text) >= times, $"\"{text}\", {times} times");

    /// <summary>Waits for something that this program has to bring about; fails at once if it ends instead.</summary>
    public async Task Until(Func<bool> condition, string what)
    {
        await Eventually.Is(() => condition() || _process.HasExited, () => $"{what}\n{this}");
        if (condition()) return;
        await Drained();
        Assert.True(condition(), $"ended before {what}\n{this}");
    }

    /// <summary>Asks it to stop, as a service manager (TERM) or a person at the keyboard (INT) would.</summary>
    public async Task Signal(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "stopping by signal needs Unix");
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {_process.Id}"]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Takes its life, without a word: SIGKILL.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Waits for its end, however it ends, and for its last words.</summary>
    public async Task Ends()
    {
        await Eventually.Is(() => _process.HasExited, () => $"the end of\n{this}");
        await Drained();
    }

    /// <summary>Waits for its end and checks the exit code.</summary>
    /// <param name="expected">The exit code.</param>
    /// <param name="within">For a program with much to do; <see cref="Eventually.Patience"/> if null.</param>
    public async Task Ends(int expected, TimeSpan? within = null)
    {
        await Eventually.Is(() => _process.HasExited, () => $"the end of\n{this}", within);
        await Drained();
        Assert.True(_process.ExitCode == expected, $"exit code {_process.ExitCode}, expected {expected}\n{this}");
    }

    /// <summary>SIGTERM, and an orderly end.</summary>
    public async Task Stops(string signal = "TERM")
    {
        await Signal(signal);
        await Ends(0);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await Kill();
        _process.Dispose();
    }

    public override string ToString() => $"--- {_called}{(_process.HasExited ? $" (ended with {_process.ExitCode})" : "")}\n{string.Join('\n', Said.Split('\n').TakeLast(40))}\n---";

    // WaitForExit also waits for the pipes to be read to their end.
    private async Task Drained() => await _process.WaitForExitAsync(CancellationToken.None);

    private void Note(List<string> where, string? line)
    {
        if (line is null) return;
        lock (_gate)
        {
            where.Add(line);
            _all.Add(line);
        }
    }

    private string Joined(List<string> lines)
    {
        lock (_gate) return string.Join('\n', lines);
    }
}
