using System.ComponentModel;
using System.Diagnostics;

namespace EdgeGateway.Drivers.Tests.Peers;

/// <summary>A program of others that a test talks to; ends with the test. A test is skipped where it is not installed, unless all real parts are required.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    /// <summary>What a slave says on one line once it serves.</summary>
    private const string Ready = "ready";

    private readonly Process _process;

    private PeerProcess(Process process) => _process = process;

    public bool HasEnded => _process.HasExited;

    public static PeerProcess Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            var process = Process.Start(start)!; // null only for shell documents
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine(); // nobody reads it, and the program must not stop at a full pipe
            return new PeerProcess(process);
        }
        catch (Win32Exception e)
        {
            RealParts.Lacking($"{program} is not installed: {e.Message}");
            throw; // not reached: Missing throws
        }
    }

    /// <summary>Starts a slave written in Python and waits until it serves; returns its port, 0 for a serial one.</summary>
    public static async Task<(PeerProcess Process, int Port)> StartSlave(string script, params string[] arguments)
    {
        const string Python = "/usr/bin/python3"; // the one that the distribution's modules belong to
        var peer = Start(Python, [Repository.PathOf("tests", "EdgeGateway.Drivers.Tests", "Peers", script), .. arguments]);
        using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        var line = await peer._process.StandardOutput.ReadLineAsync(patience.Token);
        if (line is not null && line.StartsWith(Ready, StringComparison.Ordinal))
            return (peer, line.Length > Ready.Length ? int.Parse(line[Ready.Length..], System.Globalization.CultureInfo.InvariantCulture) : 0);
        await peer.DisposeAsync();
        RealParts.Lacking($"{script} does not run: is its library installed?");
        throw new InvalidOperationException(); // not reached: Missing throws
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        await _process.WaitForExitAsync(patience.Token);
        _process.Dispose();
    }
}
