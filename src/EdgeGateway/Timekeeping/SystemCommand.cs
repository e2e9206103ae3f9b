using System.ComponentModel;
using System.Diagnostics;

namespace EdgeGateway.Timekeeping;

/// <summary>Runs a small command of the system and takes what it prints; never on the path of a reading.</summary>
internal static class SystemCommand
{
    private const int MostCharacters = 16 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The full path of a command in one of the folders; null if it is in none.</summary>
    public static string? Find(string name, params IEnumerable<string> folders) =>
        folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>What it printed; null if it could not be started, failed, or took longer than 5 s.</summary>
    public static async Task<string?> RunAsync(string file, IEnumerable<string> arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, CreateNoWindow = true };
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        Process process;
        try
        {
            process = Process.Start(start)!; // no shell: a process or an exception
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return null;
        }
        using (process)
        {
            try
            {
                process.StandardInput.Close();
                var errors = process.StandardError.ReadToEndAsync(both.Token);
                var text = new char[MostCharacters];
                var length = await process.StandardOutput.ReadBlockAsync(text, both.Token).ConfigureAwait(false);
                if (length == MostCharacters) throw new OperationCanceledException("it prints more than such a command does");
                await errors.ConfigureAwait(false);
                await process.WaitForExitAsync(both.Token).ConfigureAwait(false);
                return process.ExitCode == 0 ? new string(text, 0, length) : null;
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancellationToken.ThrowIfCancellationRequested();
                return null;
            }
        }
    }
}
