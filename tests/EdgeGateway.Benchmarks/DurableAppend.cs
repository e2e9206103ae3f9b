using System.Globalization;
using System.Security.Cryptography;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using Microsoft.Data.Sqlite;

namespace EdgeGateway.Benchmarks;

/// <summary>
/// Durable commits of sealed lines through the outbox, beside three others in the same run: the same lines, compressed the same way, appended to a file with one fsync each
/// (the limit); the same put into SQLite with <c>synchronous=FULL</c>; and the bare lines appended with an fsync. Rounds alternate, medians are printed with their ratios.
/// </summary>
internal static class DurableAppend
{
    private const int Rounds = 7;
    private const int PerRound = 400;

    public static int Run()
    {
        foreach (var readings in new[] { 500, 5000 }) Run(readings);
        return 0;
    }

    private static void Run(int readings)
    {
        var folder = Directory.CreateTempSubdirectory("edgegateway-bench-");
        var time = TimeProvider.System;
        using var signer = new Es256Signer(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var sealer = new Sealer(
            new GatewayIdentity { Site = "bench", Gateway = "gw-1", Epoch = 1, Boot = "0123456789abcdef", ConfigHash = ChainHash.Zero.ToString(), Software = "bench" }, signer, time);
        var outbox = LiteDbOutbox.Open(Path.Combine(folder.FullName, "outbox"), new OutboxSettings(), time);
        using var compression = new LineCompression();
        using var packed = NewFile(folder, "packed");
        using var bare = NewFile(folder, "bare");
        using var sqlite = new SqliteConnection($"Data Source={Path.Combine(folder.FullName, "lite.sqlite")};Pooling=False");
        using var insert = Prepared(sqlite);
        var tail = default(StreamTail);
        var (ours, limit, lite, lines) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var segments = new List<Segment>();
            for (var i = 0; i < PerRound; i++)
            {
                var segment = sealer.Seal(Streams.Readings, tail, "data"u8, 0, 0, PlantLikeBody(round * PerRound + i, readings / 100), readings);
                tail = new StreamTail(segment.Sequence, segment.Hash);
                segments.Add(segment);
            }
            ours.Add(MicrosecondsEach(time, segments, segment => outbox.Append(new([segment]))));
            limit.Add(MicrosecondsEach(time, segments, segment => Append(packed, compression.Pack(segment.Line))));
            lite.Add(MicrosecondsEach(time, segments, segment =>
            {
                insert.Parameters[0].Value = segment.Sequence;
                insert.Parameters[1].Value = compression.Pack(segment.Line);
                insert.ExecuteNonQuery();
            }));
            lines.Add(MicrosecondsEach(time, segments, segment => Append(bare, segment.Line)));
        }
        var (o, l, s, b) = (Median(ours), Median(limit), Median(lite), Median(lines));
        var stored = Directory.GetFiles(Path.Combine(folder.FullName, "outbox"), "*-*.db").Sum(file => new FileInfo(file).Length);
        var settled = outbox.Depth.Bytes;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"durable commit of one sealed line of {readings} readings: outbox {o:0} us; packed + file + fsync {l:0} us ({l / o:P0} of that limit reached); SQLite FULL {s:0} us ({s / o:0.00} x); bare line + fsync {b:0} us; {readings * 1e6 / o:0} readings/s; {settled / (double)(Rounds * PerRound * readings):0.00} bytes/reading kept ({stored / 1048576.0:0.0} MiB of it in LiteDB files)"));
        outbox.Dispose();
        var start = time.GetTimestamp();
        outbox = LiteDbOutbox.Open(Path.Combine(folder.FullName, "outbox"), new OutboxSettings(), time);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the same store opened again in {time.GetElapsedTime(start).TotalMilliseconds:0} ms"));
        outbox.Dispose();
        sqlite.Close();
        folder.Delete(recursive: true);
    }

    private static FileStream NewFile(DirectoryInfo folder, string name) =>
        new(Path.Combine(folder.FullName, name), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);

    private static void Append(FileStream file, byte[] bytes)
    {
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    private static SqliteCommand Prepared(SqliteConnection sqlite)
    {
        sqlite.Open();
        foreach (var statement in new[] { "pragma journal_mode=wal", "pragma synchronous=full", "create table segments(sequence integer primary key, packed blob)" })
        {
            using var command = new SqliteCommand(statement, sqlite);
            command.ExecuteNonQuery();
        }
        var insert = new SqliteCommand("insert into segments values($sequence, $packed)", sqlite);
        insert.Parameters.Add("$sequence", SqliteType.Integer);
        insert.Parameters.Add("$packed", SqliteType.Blob);
        return insert;
    }

    private static double MicrosecondsEach(TimeProvider time, List<Segment> segments, Action<Segment> append)
    {
        var start = time.GetTimestamp();
        foreach (var segment in segments) append(segment);
        return time.GetElapsedTime(start).TotalMicroseconds / segments.Count;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // Rows of 100 wandering values: what a sealed line of a busy second looks like.
    private static byte[] PlantLikeBody(int seed, int rows)
    {
        var random = new Random(seed);
        var text = new Utf8Buffer(65_536);
        text.Raw(",\"r\":["u8);
        var levels = Enumerable.Range(0, 100).Select(_ => random.Next(500, 5000)).ToArray();
        for (var row = 0; row < rows; row++)
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
