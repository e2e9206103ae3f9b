using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Drivers;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Precheck;
using EdgeGateway.Recording;
using EdgeGateway.Tests.Uplink;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGateway.Tests.Precheck;

/// <summary>Recorder, store and aggregates together: what was sealed before a stop or a crash is gone on from.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _boots;

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Aggregates_are_the_same_whether_the_gateway_restarted_or_not(bool stops)
    {
        // From 22:50 to 00:20: hours and a day end in between.
        var start = OutletSite.At("22:50:00");
        long[] times = [.. Enumerable.Range(0, 540).Select(i => start + i * 10_000L)];
        await Boot("whole", times, stops: true);
        var (at, random) = (0, new Random(5));
        while (at < times.Length)
        {
            var next = Math.Min(times.Length, at + random.Next(1, 60));
            await Boot("parts", times[at..next], stops);
            at = next;
        }
        var (whole, parts) = (Bodies("whole"), Bodies("parts"));
        Assert.True(whole.Count(body => body.Contains("\"over\":\"1h\"", StringComparison.Ordinal)) == 2 && whole.Count(body => body.Contains("\"over\":\"1d\"", StringComparison.Ordinal)) == 1);
        Assert.Equal(whole, parts);
    }

    [Fact]
    public async Task An_hour_that_ended_in_a_pause_is_not_closed_again_after_a_restart()
    {
        // The first reading after the pause closes 10:00 to 11:00, far beyond the last minute that is sealed.
        long[] before = [.. Enumerable.Range(0, 54).Select(i => OutletSite.At("10:45:00") + i * 10_000L)];
        long[] just = [.. Enumerable.Range(0, 7).Select(i => OutletSite.At("11:05:00") + i * 10_000L)];
        long[] after = [.. Enumerable.Range(0, 400).Select(i => OutletSite.At("11:06:10") + i * 10_000L)];
        foreach (var times in new[] { before, just, after }) await Boot("parts", times, stops: true);
        var hours = Bodies("parts").Where(body => body.StartsWith(",\"over\":\"1h\"", StringComparison.Ordinal)).ToList();
        Assert.Equal([OutletSite.At("10:00:00"), OutletSite.At("11:00:00")], hours.Select(body => long.Parse(body.Split("\"from\":")[1].Split(',')[0], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task The_chain_of_the_stream_verifies()
    {
        await Boot("chain", [.. Enumerable.Range(0, 30).Select(i => OutletSite.At("10:00:00") + i * 10_000L)], stops: true);
        using var store = Open("chain");
        using var keys = new TrustedKeys();
        keys.Add(ECDsa.Create(_key.ExportParameters(includePrivateParameters: false)));
        var verifier = new ChainVerifier(keys);
        foreach (var stream in Streams.InOrderOfUrgency)
            foreach (var segment in store.Stored(stream, 1, long.MaxValue, 1000)) verifier.Add(segment.Line);
        var verdict = verifier.Finish();
        Assert.Empty(verdict.Faults);
        Assert.Contains(verdict.Streams, stream => stream.Stream == Streams.Aggregates);
    }

    [Fact]
    public async Task Replayed_readings_give_the_aggregates_that_were_sealed()
    {
        await Boot("replay", [.. Enumerable.Range(0, 100).Select(i => OutletSite.At("10:00:00") + i * 10_000L)], stops: true);
        var bodies = Bodies("replay");
        var site = new OutletSite(period: "10s");
        var (replay, body) = (new Replay(site.Book), new AggregateBody(60_000));
        using var store = Open("replay");
        var replayed = store.Stored(Streams.Readings, 1, long.MaxValue, 1000).SelectMany(segment => replay.Take(segment.Line)).SelectMany(body.Write).Select(Encoding.UTF8.GetString).ToList();
        Assert.Equal(16, replay.Minutes);
        Assert.Equal(bodies, replayed.Select(text => text + "}"));
    }

    [Fact]
    public async Task A_site_without_a_plant_model_seals_no_aggregates()
    {
        await Boot("without", [.. Enumerable.Range(0, 30).Select(i => OutletSite.At("10:00:00") + i * 10_000L)], stops: true, hasModel: false);
        using var store = Open("without");
        Assert.Equal(0, store.Tail(Streams.Aggregates).Sequence);
    }

    private LiteDbOutbox Open(string name) => LiteDbOutbox.Open(_folder.Sub(name), new OutboxSettings(), TimeProvider.System);

    private List<string> Bodies(string name)
    {
        using var store = Open(name);
        return [.. store.Stored(Streams.Aggregates, 1, long.MaxValue, 1000).Select(segment => Encoding.UTF8.GetString(Envelope.PayloadOf(segment.Line))).Select(text => text[text.IndexOf(",\"over\"", StringComparison.Ordinal)..])];
    }

    private async Task Boot(string name, long[] times, bool stops, bool hasModel = true)
    {
        var site = new OutletSite(period: "10s");
        var plant = site.Plant with { Recording = new RecordingSettings { Linger = TimeSpan.FromMilliseconds(100), MaxReadings = 40 }, Model = hasModel ? site.Plant.Model : null };
        using var store = Open(name);
        var sealer = new Sealer(
            new GatewayIdentity { Site = "test", Gateway = "gw-1", Epoch = store.Epoch, Boot = $"{++_boots:x16}", ConfigHash = plant.ConfigHash, Software = "test" },
            new Es256Signer(_key), TimeProvider.System);
        var (channel, book) = (new ReadingChannel(), new SlotBook());
        var status = new GatewayStatus();
        using var recorder = new Recorder(plant, channel, new EventQueue(), store, sealer, book, new AggregateBook(plant), status, TimeProvider.System, NullLogger<Recorder>.Instance);
        await recorder.StartAsync(CancellationToken.None);
        var before = store.Tail(Streams.Readings).Sequence;
        foreach (var (slot, at) in times.Index())
        {
            var second = at / 1000;
            var block = site.Block(at, second % 7 == 0 ? Quality.Timeout : Quality.Good, ("so2", 10 + second % 13 * 0.1f), ("o2", 16 + second % 5 * 0.2f), ("flow", 1_000_000 + second % 11), ("state", second % 600 < 100 ? 1 : 0));
            await channel.Writer.WriteAsync(Reslotted(block, site.Group, slot));
        }
        book.Close(site.Group, times.Length - 1);
        if (stops) channel.Writer.Complete();
        // A crash: the store is closed under a recorder that has nothing in hand just then, and never says that it stops.
        if (stops) await recorder.ExecuteTask!;
        else await Eventually.Is(() => Rows(store, before) == times.Length, () => $"{Rows(store, before)} of {times.Length} rows stored");
    }

    private static int Rows(LiteDbOutbox store, long after) =>
        store.Stored(Streams.Readings, after + 1, long.MaxValue, 1000).SelectMany(segment => DataRows.Enumerate(Envelope.PayloadOf(segment.Line).ToArray())).Count(value => value.Signal == "d.so2");

    private static ReadingBlock Reslotted(ReadingBlock block, SignalGroup group, long slot)
    {
        var other = new ReadingBlock();
        other.Reset(group, 0, block.Count, slot);
        other.UtcMs = block.UtcMs;
        block.Readings.CopyTo(other.Readings);
        return other;
    }
}
