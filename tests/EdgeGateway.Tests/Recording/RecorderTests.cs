using System.Security.Cryptography;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Drivers;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Precheck;
using EdgeGateway.Recording;
using EdgeGateway.Tests.Uplink;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGateway.Tests.Recording;

/// <summary>Recorder and store together, boot after boot, against the verifier.</summary>
public sealed class RecorderTests : IDisposable
{
    private const int Signals = 250;

    private readonly TemporaryFolder _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Random _random = new(11);
    private int _boots;

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Errors_of_the_disk_before_and_after_a_commit_leave_a_chain_that_verifies()
    {
        for (var boot = 0; boot < 4; boot++)
            await RunBoot(2L << 30, slots: 20, stops: boot % 2 == 0, fails: append => append % 3 == 0 ? Failure.Before : append % 5 == 0 ? Failure.After : Failure.None);
        Assert.Empty(Judge(2L << 30).Faults);
    }

    [Fact]
    public async Task After_an_outage_longer_than_the_store_every_absence_is_named()
    {
        for (var boot = 0; boot < 3; boot++)
            await RunBoot(1 << 20, slots: 700, stops: boot != 1, fails: append => append % 40 == 0 ? Failure.After : Failure.None);
        var verdict = Judge(1 << 20);
        Assert.Empty(verdict.Faults);
        Assert.True(Assert.Single(verdict.Streams, stream => stream.Stream == Streams.Readings).Low > 1, "nothing was evicted: the store was never full");
    }

    [Fact]
    public async Task A_requested_event_is_on_disk_with_its_command_when_the_request_returns()
    {
        var plant = Plants.Of(Plants.Line("line1", DriverCatalog.All[0], Plants.Device("dev", Plants.Group("dev", "fast", 1, TimeSpan.FromSeconds(1)))));
        using var store = LiteDbOutbox.Open(_folder.Sub("outbox"), new OutboxSettings(), TimeProvider.System);
        var sealer = new Sealer(
            new GatewayIdentity { Site = "test", Gateway = "gw-1", Epoch = 1, Boot = "000000000000000a", ConfigHash = plant.ConfigHash, Software = "test" },
            new Es256Signer(_key), TimeProvider.System);
        var (channel, events) = (new ReadingChannel(), new EventQueue());
        using var recorder = new Recorder(plant, channel, events, store, sealer, new SlotBook(), new AggregateBook(plant), new GatewayStatus(), TimeProvider.System, NullLogger<Recorder>.Instance);
        await recorder.StartAsync(CancellationToken.None);
        var before = store.Tail(Streams.Events).Sequence;

        await events.RecordAsync("command", ",\"no\":7", command: 7, CancellationToken.None); // no reading comes along

        Assert.Equal(7, store.Command);
        var line = Assert.Single(store.Stored(Streams.Events, before + 1, long.MaxValue, 10)).Line;
        Assert.Contains("\"ev\":\"command\",\"no\":7}", System.Text.Encoding.UTF8.GetString(line), StringComparison.Ordinal);
        channel.Writer.Complete();
        await recorder.ExecuteTask!;
        await Assert.ThrowsAsync<System.Threading.Channels.ChannelClosedException>(() => events.RecordAsync("late", "", null, CancellationToken.None));
    }

    private async Task RunBoot(long maxBytes, int slots, bool stops, Func<int, Failure> fails)
    {
        var group = Plants.Group("dev", "fast", Signals, TimeSpan.FromSeconds(1));
        var plant = Plants.Of(Plants.Line("line1", DriverCatalog.All[0], Plants.Device("dev", group))) with
        {
            Recording = new RecordingSettings { Linger = TimeSpan.FromMilliseconds(100), MaxReadings = 4 * Signals },
        };
        using var store = LiteDbOutbox.Open(_folder.Sub("outbox"), new OutboxSettings { MaxBytes = maxBytes }, TimeProvider.System);
        using var outbox = new FailingOutbox(store, fails);
        var sealer = new Sealer(
            new GatewayIdentity { Site = "test", Gateway = "gw-1", Epoch = store.Epoch, Boot = $"{++_boots:x16}", ConfigHash = plant.ConfigHash, Software = "test" },
            new Es256Signer(_key), TimeProvider.System);
        var channel = new ReadingChannel();
        var book = new SlotBook();
        using var recorder = new Recorder(plant, channel, new EventQueue(), outbox, sealer, book, new AggregateBook(plant), new GatewayStatus(), TimeProvider.System, NullLogger<Recorder>.Instance);
        await recorder.StartAsync(CancellationToken.None);
        for (var slot = 0; slot < slots; slot++) await channel.Writer.WriteAsync(Block(channel, group, slot));
        if (stops)
        {
            book.Close(group, slots - 1);
            channel.Writer.Complete();
            await recorder.ExecuteTask!;
            return;
        }
        // A crash: the store is closed under a recorder that has nothing in hand just then, and never says that it stops.
        await Eventually.Is(() => outbox.Readings == (long)slots * Signals, () => $"{outbox.Readings} readings stored");
    }

    private ReadingBlock Block(ReadingChannel channel, SignalGroup group, long slot)
    {
        var block = channel.Rent();
        block.Reset(group, 0, Signals, slot);
        block.UtcMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (ref var reading in block.Readings) reading = new Reading(SampleValue.OfBinary64(_random.NextDouble()), Quality.Good);
        return block;
    }

    private Verdict Judge(long maxBytes)
    {
        using var store = LiteDbOutbox.Open(_folder.Sub("outbox"), new OutboxSettings { MaxBytes = maxBytes }, TimeProvider.System);
        using var keys = new TrustedKeys();
        keys.Add(ECDsa.Create(_key.ExportParameters(includePrivateParameters: false)));
        var verifier = new ChainVerifier(keys);
        foreach (var stream in Streams.InOrderOfUrgency)
            foreach (var segment in store.Pending(stream, 1, long.MaxValue, 100_000)) verifier.Add(segment.Line);
        return verifier.Finish();
    }

    private enum Failure
    {
        None,
        Before,
        After,
    }

    /// <summary>A real store whose commits fail when the test says so: before anything is stored, or after all of it is.</summary>
    private sealed class FailingOutbox(IOutbox store, Func<int, Failure> fails) : IOutbox
    {
        private int _appends;
        private long _readings;

        public long Readings => Interlocked.Read(ref _readings);
        public long Epoch => store.Epoch;
        public PreviousBoot Previous => store.Previous;
        public OutboxDepth Depth => store.Depth;

        public StreamTail Tail(string stream) => store.Tail(stream);

        public long Command => store.Command;

        public IReadOnlyList<Eviction> Evicts(int bytes) => store.Evicts(bytes);

        public void Append(OutboxCommit commit)
        {
            var failure = fails(++_appends);
            if (failure == Failure.Before) throw new IOException("the disk refuses");
            store.Append(commit);
            if (failure == Failure.After) throw new IOException("the disk is slow to say yes");
            Interlocked.Add(ref _readings, commit.Segments.Sum(segment => segment.Readings));
        }

        public IReadOnlyList<Segment> Pending(string stream, long from, long to, int limit) => store.Pending(stream, from, to, limit);

        public void Acknowledge(string stream, long sequence) => store.Acknowledge(stream, sequence);

        public (IReadOnlyList<Segment> Segments, long UpTo) Unsigned(string stream, int limit) => store.Unsigned(stream, limit);

        public void Sign(string stream, IReadOnlyList<Segment> signed, long upTo) => store.Sign(stream, signed, upTo);

        public ValueTask WaitForUnsignedAsync(CancellationToken cancellationToken) => store.WaitForUnsignedAsync(cancellationToken);

        public string Keys => store.Keys;

        public IReadOnlyList<Segment> Stored(string stream, long from, long to, int limit) => store.Stored(stream, from, to, limit);

        public long SendAgain(string stream, long low, long high) => store.SendAgain(stream, low, high);

        public void Quarantine(string stream, long sequence) => store.Quarantine(stream, sequence);

        public IReadOnlyList<Eviction> TakeDamage() => store.TakeDamage();

        public IReadOnlyList<string> TakeNews() => store.TakeNews();

        public ValueTask WaitForAppendAsync(CancellationToken cancellationToken) => store.WaitForAppendAsync(cancellationToken);

        public void Dispose()
        {
        }
    }
}
