using System.Globalization;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Links;

namespace EdgeGateway.Commands;

/// <summary>Searches a line for devices that nobody has described, on a connection of its own, and prints each as it answers. Only reads.</summary>
internal sealed class ScanRun(Uri connect, IBusScan scan, ScanBounds bounds, TimeProvider time, TextWriter output, TextWriter errors)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);

    /// <summary><see cref="ExitCode.Clean"/> if a device was found, <see cref="ExitCode.Found"/> if none was, <see cref="ExitCode.CannotStart"/> without a line.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (scan.Refuse(bounds) is { } fault)
        {
            await errors.WriteLineAsync(fault).ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        var dial = LinkDial.For(connect, time);
        var found = 0;
        try
        {
            await using var line = new RecordedStream(await dial.DialAsync(cancellationToken).ConfigureAwait(false), time, maxBytes: 0);
            var begunAt = time.GetTimestamp();
            await using var progress = time.CreateTimer(_ => errors.WriteLine(Summary(line, found, begunAt) + " so far"), null, ProgressEvery, ProgressEvery);
            var end = "";
            try
            {
                await foreach (var device in scan.ScanAsync(line, bounds, cancellationToken).ConfigureAwait(false))
                {
                    found++;
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{device.Address,12}  {device.RoundTrip.TotalMilliseconds,7:0.0} ms  {device.Answer}"));
                }
                if (line.Questions >= bounds.MaxQuestions) end = "; ended by --max-questions, the rest was not asked";
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                end = "; stopped, the rest was not asked";
            }
            catch (LineDownException e)
            {
                end = $"; the line went down, the rest was not asked: {e.Message}";
            }
            output.WriteLine(Summary(line, found, begunAt) + end);
        }
        catch (LineDownException e)
        {
            await errors.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await errors.WriteLineAsync("stopped before the line was there").ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        return found > 0 ? ExitCode.Clean : ExitCode.Found;
    }

    private string Summary(RecordedStream line, int found, long begunAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{found} found with {line.Questions} questions in {time.GetElapsedTime(begunAt).TotalSeconds:0.0} s");
}
