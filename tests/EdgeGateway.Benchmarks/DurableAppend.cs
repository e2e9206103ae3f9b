using System.Globalization;
using System.Security.Cryptography;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;

namespace EdgeGateway.Benchmarks;

/// <summary>
/// Durable commits of sealed lines through the outbox, beside the raw limit in the same run: the same lines appended to a file with one fsync each.
/// Rounds alternate, medians are printed with the ratio.
/// </summary>
internal static class DurableAppend
{
    private const int Rounds = 5;
    private const int PerRound = 300;

    public static int Run()
    {
        var folder = Directory.CreateTempSubdirectory("edgegateway-bench-");
        var time = TimeProvider.System;
        using var signer = new Es256Signer(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var sealer = new Sealer(
            new GatewayIdentity { Site = "bench", Gateway = "gw-1", Epoch = 1, Boot = "0123456789abcdef", ConfigHash = ChainHash.Zero.ToString(), Software = "bench" }, signer, time);
        using var outbox = LiteDbOutbox.Open(Path.Combine(folder.FullName, "outbox"), new OutboxSettings(), time);
        using var file = new FileStream(Path.Combine(folder.FullName, "raw"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var tail = default(StreamTail);
        var (ours, raw) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var segments = new List<Segment>();
            for (var i = 0; i < PerRound; i++)
            {
                var segment = sealer.Seal(Streams.Readings, tail, "data"u8, 0, 0, PlantLikeBody(round * PerRound + i), 5000);
                tail = new StreamTail(segment.Sequence, segment.Hash);
                segments.Add(segment);
            }
            ours.Add(MicrosecondsEach(time, segments, segment => outbox.Append(new([segment]))));
            raw.Add(MicrosecondsEach(time, segments, segment =>
            {
                file.Write(segment.Line);
                file.Flush(flushToDisk: true);
            }));
        }
        var (o, r) = (Median(ours), Median(raw));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"durable commit of one sealed line of 5,000 readings: outbox {o:0} us, raw file + fsync {r:0} us, ratio {o / r:0.00}; {5000e6 / o:0} readings/s; {outbox.Depth.Bytes / (double)(Rounds * PerRound * 5000):0.00} bytes/reading stored"));
        folder.Delete(recursive: true);
        return 0;
    }

    private static double MicrosecondsEach(TimeProvider time, List<Segment> segments, Action<Segment> append)
    {
        var start = time.GetTimestamp();
        foreach (var segment in segments) append(segment);
        return time.GetElapsedTime(start).TotalMicroseconds / segments.Count;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // 50 rows of 100 wandering values: what a sealed line of a busy second looks like.
    private static byte[] PlantLikeBody(int seed)
    {
        var random = new Random(seed);
        var text = new Utf8Buffer(65_536);
        text.Raw(",\"r\":["u8);
        var levels = Enumerable.Range(0, 100).Select(_ => random.Next(500, 5000)).ToArray();
        for (var row = 0; row < 50; row++)
        {
            if (row > 0) text.Raw(","u8);
            text.Raw("[0,0,"u8).Number(row).Raw(",["u8);
            for (var i = 0; i < levels.Length; i++)
            {
                if (i > 0) text.Raw(","u8);
                text.Decimal(levels[i] += random.Next(-9, 10), -2);
            }
            text.Raw("]]"u8);
        }
        return text.Raw("]"u8).Written.ToArray();
    }
}
