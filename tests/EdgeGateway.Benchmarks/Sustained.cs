using System.Diagnostics;
using System.Globalization;

namespace EdgeGateway.Benchmarks;

/// <summary>
/// As many readings a second as recording, outbox and uplink take: sealed, signed, on disk and acknowledged by a broker in another process. Readings are made
/// as fast as they are taken; while 64 segments wait for the broker, none are.
/// </summary>
internal static class Sustained
{
    private const int Lines = 100;
    private const int MostWaiting = 64;

    public static async Task<int> RunAsync(string[] args)
    {
        var wanted = (args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20) * 1_000_000L;
        var time = TimeProvider.System;
        using var platform = PlatformProcess.Start();
        await using var plant = new RecordedPlant(platform.Broker, Lines, plant => plant with { Broker = plant.Broker with { Window = 16 } });
        await plant.StartRecordingAsync().ConfigureAwait(false);
        await plant.StartUplinkAsync().ConfigureAwait(false);
        await FeedAsync(plant, 2_000_000, time).ConfigureAwait(false); // warm
        using var self = Process.GetCurrentProcess();
        var (cpu, start) = (self.TotalProcessorTime, time.GetTimestamp());
        await FeedAsync(plant, wanted, time).ConfigureAwait(false);
        while (plant.Outbox.Depth.Undelivered > 0) await Task.Delay(TimeSpan.FromMilliseconds(5), time, CancellationToken.None).ConfigureAwait(false);
        var wall = time.GetElapsedTime(start);
        self.Refresh();
        Console.WriteLine(RecordedPlant.Said(
            $"{wanted / 1_000_000} million readings sealed, durable and acknowledged in {wall.TotalSeconds:0.0} s: {wanted / wall.TotalSeconds:0} readings/s, {(self.TotalProcessorTime - cpu) / wall:0.00} core (the making of the readings included), {self.PeakWorkingSet64 / 1048576.0:0} MB RSS at most"));
        return 0;
    }

    private static async Task FeedAsync(RecordedPlant plant, long readings, TimeProvider time)
    {
        for (var fed = 0L; fed < readings; fed += Lines * 100)
        {
            while (plant.Outbox.Depth.Undelivered > MostWaiting) await Task.Delay(TimeSpan.FromMilliseconds(1), time, CancellationToken.None).ConfigureAwait(false);
            await plant.PollAsync().ConfigureAwait(false);
        }
    }
}
