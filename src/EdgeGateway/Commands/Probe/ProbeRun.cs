using System.Globalization;
using EdgeGateway.Acquisition;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Links;

namespace EdgeGateway.Commands.Probe;

/// <summary>
/// Asks once for each signal of a target, on a connection of its own, and prints it with the raw bytes and every other order in which they could be read, all
/// from one answer. Only reads.
/// </summary>
internal sealed class ProbeRun(ProbeTarget target, bool showFrames, TimeProvider time, TextWriter output, TextWriter errors)
{
    private const int MaxFrameBytes = 256 * 1024;

    private readonly int[] _counts = new int[2];

    /// <summary><see cref="ExitCode.Clean"/> if every signal has a good value, <see cref="ExitCode.Found"/> if not, <see cref="ExitCode.CannotStart"/> without a line.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var dial = LinkDial.For(target.Connect, time);
        try
        {
            await using var line = new RecordedStream(await dial.DialAsync(cancellationToken).ConfigureAwait(false), time, showFrames ? MaxFrameBytes : 0);
            try
            {
                foreach (var device in target.Devices) await AskAsync(device, line, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (showFrames) ProbeText.WriteFrames(output, line, time);
            }
        }
        catch (LineDownException e)
        {
            await errors.WriteLineAsync($"{dial.Endpoint}: {e.Message}".Replace($"{dial.Endpoint}: {dial.Endpoint}", dial.Endpoint, StringComparison.Ordinal)).ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await errors.WriteLineAsync("stopped").ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        output.WriteLine();
        output.WriteLine($"{_counts[0] + _counts[1]} signals, {_counts[0]} good");
        return _counts[1] == 0 ? ExitCode.Clean : ExitCode.Found;
    }

    private async Task AskAsync(ProbeDevice device, Stream line, CancellationToken cancellationToken)
    {
        var driver = device.Protocol.Create(new LineContext(device.Name, target.Connect, time)
        {
            Settings = target.Settings,
            Gateway = target.Gateway,
            StateFolder = target.StateFolder,
            Say = notice => errors.WriteLine(notice.Text),
        });
        try
        {
            await driver.AttachAsync(line, cancellationToken).ConfigureAwait(false);
            await AskAllAsync(device, driver, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (driver is IAsyncDisposable owner) await owner.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task AskAllAsync(ProbeDevice device, IDriver driver, CancellationToken cancellationToken)
    {
        var open = new List<Asked>();
        foreach (var (signal, point) in device.Signals)
        {
            var asked = new Asked(signal, point, device.Protocol.OtherReadings(point));
            if (open.Sum(one => one.Points) + asked.Points > PollGroup.MaxPoints)
            {
                await AskAsync(device, driver, open, cancellationToken).ConfigureAwait(false);
                open.Clear();
            }
            open.Add(asked);
        }
        await AskAsync(device, driver, open, cancellationToken).ConfigureAwait(false);
    }

    private async Task AskAsync(ProbeDevice device, IDriver driver, List<Asked> signals, CancellationToken cancellationToken)
    {
        var points = signals.SelectMany(asked => asked.All)
            .OrderBy(entry => entry.Point, Comparer<DevicePoint>.Create(device.Protocol.Compare)).ToArray();
        var group = new PollGroup($"{device.Name}/probe", device.Settings, TimeSpan.FromSeconds(1), [.. points.Select(entry => entry.Point)]);
        var sink = new ProbeSink(points.Length);
        await driver.ReadAsync(group, sink, cancellationToken).ConfigureAwait(false);
        foreach (var asked in signals) Print(device, asked, points, sink);
    }

    private void Print(ProbeDevice device, Asked asked, (DevicePoint Point, string Label)[] points, ProbeSink sink)
    {
        var own = Array.FindIndex(points, entry => ReferenceEquals(entry.Point, asked.Point));
        var reading = Normaliser.Normalise(asked.Signal, sink.SampleOf(own));
        _counts[reading.Quality == Quality.Good ? 0 : 1]++;
        var (askedAt, answeredAt) = sink.TimesOf(own);
        var unit = reading.Value.Kind != SampleKind.None && asked.Signal.Unit.Length > 0 ? $" {asked.Signal.Unit}" : "";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{asked.Signal.Id}  {device.Protocol.Place(asked.Point)}: {ProbeText.Of(reading.Value)}{unit}, {QualityText.Of(reading.Quality)}{ProbeText.Range(asked.Signal)}, {time.GetElapsedTime(askedAt, answeredAt).TotalMilliseconds:0.0} ms"));
        if (sink.SampleOf(own).Quality is not (Quality.Good or Quality.NotANumber or Quality.NotRepresentable)) return; // nothing came that could be read otherwise
        foreach (var (label, other) in asked.Others)
        {
            var sample = sink.SampleOf(Array.FindIndex(points, entry => ReferenceEquals(entry.Point, other)));
            if (label == "raw")
            {
                output.WriteLine($"    raw       {sample.Value.AsText ?? "-"}");
                continue;
            }
            var read = Normaliser.Normalise(asked.Signal, sample);
            output.WriteLine($"    {label,-9} {ProbeText.Of(read.Value),-24} {ProbeText.Plausibility(asked.Signal, read)}{(sample == sink.SampleOf(own) ? "  <- as above" : "")}");
        }
    }

    /// <summary>A signal and everything that is asked for it.</summary>
    private sealed record Asked(Signal Signal, DevicePoint Point, IReadOnlyList<(string Label, DevicePoint Point)> Others)
    {
        public int Points => 1 + Others.Count;

        public IEnumerable<(DevicePoint Point, string Label)> All => Others.Select(other => (other.Point, other.Label)).Prepend((Point, ""));
    }
}
