using System.Diagnostics;
using System.Globalization;
using EdgeGateway.Config;

namespace EdgeGateway.Benchmarks;

/// <summary>
/// A day offline: as many segments as a plant of some 570 readings a second seals in 24 h, recorded first, then drained to a broker in another process while the
/// plant goes on at its pace. How long it takes, what it does to live segments, and whether memory grows.
/// </summary>
internal static class Backlog
{
    private const int Lines = 6; // 600 readings a poll

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 81_500; // of the plant's time: 48.9 million readings
        var pace = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10_000; // segments a second
        var time = TimeProvider.System;
        using var platform = PlatformProcess.Start();
        await using var plant = new RecordedPlant(platform.Broker, Lines, plant => plant with
        {
            Recording = new RecordingSettings { Linger = TimeSpan.FromSeconds(1), MaxReadings = Lines * 100 },
            Broker = plant.Broker with { BacklogPerSecond = pace },
        });
        await plant.StartRecordingAsync().ConfigureAwait(false);
        var start = time.GetTimestamp();
        for (var i = 0; i < seconds; i++) await plant.PollAsync().ConfigureAwait(false);
        while (plant.Channel.Reader.Count > 0) await Task.Delay(TimeSpan.FromMilliseconds(10), time, CancellationToken.None).ConfigureAwait(false);
        using var self = Process.GetCurrentProcess();
        var backlog = plant.Outbox.Depth;
        Console.WriteLine(RecordedPlant.Said(
            $"recorded {seconds * Lines * 100L} readings as {backlog.Undelivered} segments in {time.GetElapsedTime(start).TotalSeconds:0.0} s; {backlog.Bytes / 1048576.0:0} MiB kept, {backlog.Bytes / (double)(seconds * Lines * 100L):0.00} bytes a reading; {self.WorkingSet64 / 1048576.0:0} MB RSS"));

        var (cpu, drained) = (self.TotalProcessorTime, time.GetTimestamp());
        await plant.StartUplinkAsync().ConfigureAwait(false);
        var memory = new List<double>();
        while (plant.Outbox.Depth.Undelivered > 1)
        {
            await plant.PollAsync().ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None).ConfigureAwait(false);
            self.Refresh();
            memory.Add(self.WorkingSet64 / 1048576.0);
        }
        var wall = time.GetElapsedTime(drained);
        await plant.RecordedAsync().ConfigureAwait(false);
        Console.WriteLine(RecordedPlant.Said(
            $"drained in {wall.TotalSeconds:0} s: {backlog.Undelivered / wall.TotalSeconds:0} segments/s, {seconds * Lines * 100L / wall.TotalSeconds:0} readings/s, {(self.TotalProcessorTime - cpu) / wall:0.00} core, RSS in the quarters of the drain {string.Join(", ", Quarters(memory).Select(median => median.ToString("0", CultureInfo.InvariantCulture)))} MB (medians), {memory.Max():0} MB at most"));
        Console.WriteLine($"the platform: {platform.End()}");
        return 0;
    }

    private static IEnumerable<double> Quarters(List<double> samples) =>
        samples.Chunk((samples.Count + 3) / 4).Select(quarter => quarter.Order().ElementAt(quarter.Length / 2));
}
