using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Drivers;
using EdgeGateway.Evidence;
using EdgeGateway.Evidence.Keys;
using EdgeGateway.Outbox;
using EdgeGateway.Precheck;
using EdgeGateway.Recording;
using EdgeGateway.Tests.Evidence;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGateway.Tests.Recording;

/// <summary>Recorder, desk and store together: keys that come and go.</summary>
public sealed class SigningDeskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly AbsentKey _key = new();
    private readonly GatewayStatus _status = new();
    private readonly EventQueue _events = new();
    private readonly ReadingChannel _channel = new();
    private readonly KeyFolder _keys;
    private int _boots;

    public SigningDeskTests() => _keys = new KeyFolder(_folder.Sub("keys"), KeyOrder.Usual, TimeProvider.System);

    public void Dispose()
    {
        _keys.Dispose();
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task While_the_key_is_away_everything_is_recorded_and_nothing_handed_out_and_then_all_of_it_verifies()
    {
        using var store = Open();
        await using var boot = await StartAsync(store, new LineSigner([_key.Key], TimeProvider.System, waitsWhenExpired: true));
        await Eventually.Is(() => _status.SigningTrouble is not null, () => "no trouble said");
        await _events.RecordAsync("test", "", command: null, CancellationToken.None);
        Assert.Empty(store.Pending(Streams.Events, 1, long.MaxValue, 10));
        Assert.True(store.Tail(Streams.Events).Sequence >= 3);

        _key.IsThere = true;

        await Eventually.Is(() => _status.SigningTrouble is null && store.Depth.Unsigned == 0, () => $"{_status.SigningTrouble}, {store.Depth}");
        await boot.StopAsync();
        Assert.Empty(Judge(store).Faults);
        Assert.Contains(Payloads(store, Streams.Events), payload => payload.Contains("\"ev\":\"signing\",\"state\":\"waiting\"", StringComparison.Ordinal));
        Assert.Contains(Payloads(store, Streams.Events), payload => payload.Contains("\"ev\":\"signing\",\"state\":\"signed\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Boots_without_a_key_wait_with_all_their_numbers_for_the_boot_that_has_it()
    {
        for (var i = 0; i < 3; i++)
        {
            using var store = Open();
            await using var boot = await StartAsync(store, new LineSigner([_key.Key], TimeProvider.System, waitsWhenExpired: true));
            await boot.StopAsync();
        }
        _key.IsThere = true;
        using var last = Open();
        await using var signing = await StartAsync(last, new LineSigner([_key.Key], TimeProvider.System, waitsWhenExpired: true));
        await Eventually.Is(() => last.Depth.Unsigned == 0, () => $"{last.Depth}");
        await signing.StopAsync();
        Assert.Empty(Judge(last).Faults);
    }

    [Fact]
    public async Task A_key_on_a_token_is_never_asked_by_the_recorder()
    {
        using var token = new AbsentKey("pkcs11") { IsThere = true };
        token.Key.Open();
        using var store = Open();
        var signer = new LineSigner([token.Key], TimeProvider.System, waitsWhenExpired: true);
        Assert.False(Envelope.IsSigned(signer.Seal("{}"u8)));
        await using var boot = await StartAsync(store, signer);
        await Eventually.Is(() => store.Depth.Unsigned == 0, () => $"{store.Depth}");
        await boot.StopAsync();
        using var trusted = token.Trusted();
        Assert.Empty(Judge(store, trusted).Faults);
    }

    [Fact]
    public async Task A_new_key_comes_into_force_by_an_event_of_both_and_a_receiver_that_trusts_the_old_one_follows()
    {
        using var store = Open();
        var current = _keys.Open("test/gw-1", "", []);
        await using var boot = await StartAsync(store, new LineSigner(current, TimeProvider.System, waitsWhenExpired: true));
        await _events.RecordAsync("before", "", command: null, CancellationToken.None);
        _keys.MakeNext("ES256", "test/gw-1", asRequest: false, code: null);
        await Eventually.Is(() => store.Keys.Length > 0, () => "no change recorded");
        await Eventually.Is(() => Directory.GetFiles(_keys.FullPath, "former-*.crt").Length == 1, () => "files not moved");
        await _events.RecordAsync("after", "", command: null, CancellationToken.None);
        await boot.StopAsync();

        Assert.NotEqual(current[0].KeyId, store.Keys);
        using var trusted = TrustedKeys.Load(Directory.GetFiles(_keys.FullPath, "former-*.crt"));
        Assert.Empty(Judge(store, trusted).Faults);
        Assert.Equal([current[0].KeyId, store.Keys], trusted.KeyIds);
        Assert.Contains(store.Stored(Streams.Events, 1, long.MaxValue, 100), segment => segment.Line.AsSpan().IndexOf((byte)'~') > 0);
        Assert.Equal(store.Keys, Assert.Single(_keys.Open("test/gw-1", store.Keys, [])).KeyId);
    }

    [Fact]
    public async Task A_new_key_does_not_come_into_force_while_the_old_one_cannot_sign_that()
    {
        using var store = Open();
        await using var boot = await StartAsync(store, new LineSigner([_key.Key], TimeProvider.System, waitsWhenExpired: true));
        await Eventually.Is(() => _status.SigningTrouble is not null, () => "no trouble said");
        _keys.MakeNext("ES256", "test/gw-1", asRequest: false, code: null);
        var looked = store.Tail(Streams.Events).Sequence;
        await _events.RecordAsync("test", "", command: null, CancellationToken.None);
        Assert.Equal("", store.Keys);
        _key.IsThere = true;
        await Eventually.Is(() => store.Keys.Length > 0 && store.Depth.Unsigned == 0, () => $"{_status.SigningTrouble} {store.Depth}");
        await boot.StopAsync();
        Assert.True(store.Tail(Streams.Events).Sequence > looked);
        Assert.Empty(Judge(store).Faults);
    }

    [Fact]
    public async Task A_key_whose_certificate_has_ended_is_replaced_and_signs_what_it_owes()
    {
        using var store = Open();
        _key.IsThere = true;
        using var ended = new SigningKey("ES256", _key.Key.KeyId, null, "file", _key.Key.Open) { NotAfter = DateTimeOffset.UnixEpoch, IsIssued = true, PublicKeyInfo = _key.Key.PublicKeyInfo };
        await using var boot = await StartAsync(store, new LineSigner([ended], TimeProvider.System, waitsWhenExpired: true));
        await Eventually.Is(() => _status.SigningTrouble is not null, () => "no trouble said");
        Assert.True(store.Depth.Unsigned > 0);

        _keys.MakeNext("ES256", "test/gw-1", asRequest: false, code: null);

        await Eventually.Is(() => store.Keys.Length > 0 && store.Depth.Unsigned == 0 && _status.SigningTrouble is null, () => $"{_status.SigningTrouble} {store.Depth}");
        await boot.StopAsync();
        Assert.Empty(Judge(store).Faults);
    }

    [Fact]
    public void What_waits_from_before_a_change_is_signed_by_the_old_key_and_the_change_by_both()
    {
        using var next = new AbsentKey() { IsThere = true };
        next.Key.Open();
        var signer = new LineSigner([_key.Key], TimeProvider.System, waitsWhenExpired: true);
        var sealer = new Sealer(
            new GatewayIdentity { Site = "test", Gateway = "gw-1", Epoch = 1, Boot = "0000000000000001", ConfigHash = ChainHash.Zero.ToString(), Software = "test" }, signer, TimeProvider.System);
        var before = sealer.Seal(Streams.Events, default, "event"u8, 1, 1, ",\"ev\":\"before\""u8, 0);
        var change = sealer.SealChange(next.Key, new StreamTail(before.Sequence, before.Hash), []);
        var after = sealer.Seal(Streams.Events, new StreamTail(change.Sequence, change.Hash), "event"u8, 1, 1, ",\"ev\":\"after\""u8, 0);
        Assert.Equal([false, false, true], new[] { before, change, after }.Select(segment => segment.IsSigned));

        _key.IsThere = true;

        using var trusted = _key.Trusted();
        byte[][] lines = [signer.Sign(before.Line), signer.Sign(change.Line), after.Line];
        var changes = new KeyChanges();
        foreach (var line in lines) changes.Add(line);
        changes.TeachTo(trusted);
        var verifier = new ChainVerifier(trusted);
        foreach (var line in lines) verifier.Add(line);
        Assert.Empty(verifier.Finish().Faults);
    }

    [Theory]
    [InlineData(91, null)]
    [InlineData(90, 90)]
    [InlineData(31, 31)]
    [InlineData(30, 30)]
    [InlineData(7, 7)]
    [InlineData(1, 1)]
    [InlineData(-2, -2)]
    public void The_end_of_a_certificate_is_said_ahead(int daysLeft, int? said)
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(56);
        var key = new SigningKey("ES256", "k", null, "file", () => throw new KeyUnavailableException("")) { NotAfter = now.AddDays(daysLeft) };
        Assert.Equal(said, new ExpiryWatch().Due(key, now));
    }

    [Fact]
    public void The_end_of_a_certificate_is_said_once_at_each_stage()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(56);
        var key = new SigningKey("ES256", "k", null, "file", () => throw new KeyUnavailableException("")) { NotAfter = now.AddDays(100) };
        var watch = new ExpiryWatch();
        var said = Enumerable.Range(0, 110 * 24).Select(hour => watch.Due(key, now.AddHours(hour))).OfType<int>();
        Assert.Equal([90, 30, 7, 1, 0], said);
    }

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public void Only_the_end_that_an_issuer_has_set_stops_a_key_and_only_where_that_is_asked_for(bool isIssued, bool waits, bool signs)
    {
        _key.IsThere = true;
        var ended = new SigningKey("ES256", _key.Key.KeyId, null, "file", _key.Key.Open) { NotAfter = DateTimeOffset.UnixEpoch, IsIssued = isIssued };
        ended.Open();
        Assert.Equal(signs, Envelope.IsSigned(new LineSigner([ended], TimeProvider.System, waits).Seal("{}"u8)));
    }

    private LiteDbOutbox Open() => LiteDbOutbox.Open(_folder.Sub("outbox"), new OutboxSettings(), TimeProvider.System);

    private async Task<Boot> StartAsync(LiteDbOutbox store, LineSigner signer)
    {
        var plant = Plants.Of(Plants.Line("line1", DriverCatalog.All[0], Plants.Device("dev", Plants.Group("dev", "fast", 1, TimeSpan.FromSeconds(1)))));
        var identity = new GatewayIdentity { Site = "test", Gateway = "gw-1", Epoch = store.Epoch, Boot = $"{++_boots:x16}", ConfigHash = plant.ConfigHash, Software = "test" };
        var sealer = new Sealer(identity, signer, TimeProvider.System);
        var channel = _boots == 1 ? _channel : new ReadingChannel();
        var events = _boots == 1 ? _events : new EventQueue();
        var desk = new SigningDesk(_keys, signer, sealer, store, events, _status, TimeProvider.System, NullLogger<SigningDesk>.Instance);
        var recorder = new Recorder(plant, channel, events, store, sealer, new SlotBook(), new AggregateBook(plant), _status, TimeProvider.System, NullLogger<Recorder>.Instance);
        await desk.StartAsync(CancellationToken.None);
        await recorder.StartAsync(CancellationToken.None);
        return new Boot(recorder, desk, channel);
    }

    private Verdict Judge(LiteDbOutbox store)
    {
        using var trusted = _key.Trusted();
        return Judge(store, trusted);
    }

    private static Verdict Judge(LiteDbOutbox store, TrustedKeys trusted)
    {
        var lines = Streams.InOrderOfUrgency.SelectMany(stream => store.Pending(stream, 1, long.MaxValue, 1_000)).Select(segment => segment.Line).ToList();
        Assert.Equal(Streams.InOrderOfUrgency.Sum(stream => store.Tail(stream).Sequence), lines.Count);
        var changes = new KeyChanges();
        foreach (var line in lines) changes.Add(line);
        changes.TeachTo(trusted);
        var verifier = new ChainVerifier(trusted);
        foreach (var line in lines) verifier.Add(line);
        return verifier.Finish();
    }

    private static IEnumerable<string> Payloads(LiteDbOutbox store, string stream) =>
        store.Stored(stream, 1, long.MaxValue, 1_000).Select(segment => System.Text.Encoding.UTF8.GetString(Envelope.PayloadOf(segment.Line)));

    private sealed class Boot(Recorder recorder, SigningDesk desk, ReadingChannel channel) : IAsyncDisposable
    {
        private bool _isStopped;

        public async Task StopAsync()
        {
            _isStopped = true;
            channel.Writer.TryComplete();
            await (recorder.ExecuteTask ?? Task.CompletedTask);
            await recorder.StopAsync(CancellationToken.None);
            await desk.StopAsync(CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            if (!_isStopped) await StopAsync();
            recorder.Dispose();
            desk.Dispose();
        }
    }
}
