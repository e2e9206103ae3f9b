using System.Security.Cryptography;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Receiving;

namespace EdgeGateway.Tests.Uplink;

/// <summary>Receipts of the platform against our own chain, over a real broker.</summary>
public sealed class ReceiptTests : IAsyncLifetime
{
    private readonly ReceiptBench _bench = new();

    public async ValueTask InitializeAsync() => await _bench.StartAsync(readings: 20);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_right_receipt_counts_and_its_line_is_kept()
    {
        var receipt = _bench.Receipt(12);
        await _bench.PublishAsync(receipt);
        await _bench.Receipted(12);
        using var keys = new TrustedKeys();
        keys.Add(ECDsa.Create(PublicPart()));
        Assert.Equal(receipt, PlatformReceipt.Open(_bench.Outbox.Receipted(Streams.Readings)!.Line, keys, out _));
        Assert.Null(_bench.Status.ReceiptTrouble);
    }

    [Fact]
    public async Task Receipts_that_come_late_or_again_change_nothing()
    {
        await _bench.PublishAsync(_bench.Receipt(12));
        await _bench.PublishAsync(_bench.Receipt(5));
        await _bench.PublishAsync(_bench.Receipt(12));
        await _bench.PublishAsync(_bench.Receipt(15)); // taken after them
        await _bench.Receipted(15);
        Assert.Empty(_bench.LogLines);
        Assert.Empty(_bench.Events);
    }

    [Fact]
    public async Task What_is_no_receipt_for_this_gateway_changes_nothing()
    {
        using var stranger = new Es256Signer(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var right = _bench.Receipt(20);
        await _bench.PublishAsync(right, by: stranger);
        await _bench.PublishAsync(right, typ: "egc1");
        await _bench.PublishAsync(right with { Gateway = "gw-2" });
        await _bench.PublishAsync(right with { Site = "other" });
        await _bench.PublishAsync(right with { Epoch = 2 });
        await _bench.PublishAsync(right with { Stream = "alerts" });
        await _bench.PublishAsync("received"u8.ToArray());
        await _bench.PublishAsync(new byte[PlatformReceipt.MaxLineBytes + 1]);
        await _bench.PublishAsync(_bench.Receipt(3)); // taken after them
        await _bench.Receipted(3);
        Assert.Null(_bench.Status.ReceiptTrouble);
        Assert.Single(_bench.LogLines); // at most one a minute
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("beyond")]
    public async Task A_wrong_receipt_is_told_put_on_record_and_stops_whatever_would_leave(string what)
    {
        await _bench.PublishAsync(_bench.Receipt(7));
        await _bench.Receipted(7);
        var wrong = what == "hash" ? _bench.Receipt(9) with { HashOfHigh = ChainHash.Of("another"u8) } : _bench.Receipt(9) with { High = 9_999 };
        await _bench.PublishAsync(wrong);
        await Eventually.Is(() => _bench.Events.Count == 1, () => $"{_bench.Status.ReceiptTrouble}");
        Assert.Contains($"\"ok\":false,\"why\":\"{what}\",\"stream\":\"readings\",\"hi\":{wrong.High},\"line\":\"EGB1|", _bench.Events[0], StringComparison.Ordinal);
        Assert.NotNull(_bench.Status.ReceiptTrouble);
        Assert.Single(_bench.LogLines);

        await _bench.PublishAsync(wrong); // a person has been told; the record does not grow
        await _bench.PublishAsync(_bench.Receipt(15) with { Stream = Streams.Events, High = 1, HashOfHigh = _bench.Outbox.Stored(Streams.Events, 1, 1, 1)[0].Hash });
        await Eventually.Is(() => _bench.Outbox.Receipted(Streams.Events)?.High == 1, "the other stream goes on");
        Assert.Single(_bench.Events);
        Assert.Equal(7, _bench.Outbox.Receipted(Streams.Readings)!.High);
    }

    [Fact]
    public async Task A_receipt_shows_a_wall_clock_that_is_behind()
    {
        await _bench.PublishAsync(_bench.Receipt(7) with { TimeMs = _bench.Clock.Stamp().UtcMs + 90_000 });
        await _bench.Receipted(7);
        Assert.Equal(-90_000, _bench.Clock.PlatformSaysWrongByMs);
    }

    [Fact]
    public async Task A_receipt_shows_a_wall_clock_that_is_ahead()
    {
        await _bench.PublishAsync(_bench.Receipt(7) with { TimeMs = _bench.Clock.Stamp().UtcMs - 90_000 });
        await _bench.Receipted(7);
        Assert.Equal(90_000, _bench.Clock.PlatformSaysWrongByMs);
    }

    [Fact]
    public async Task A_receiver_confirms_what_is_on_its_disk_and_the_gateway_believes_it()
    {
        using var keys = SealedSegments.TrustedKeys();
        var settings = new ReceiverSettings(new BrokerSettings { Urls = [_bench.Url] }, "receiver", _bench.Folder.Sub("received")) { ReceiptSigner = _bench.Platform, ReceiptEvery = TimeSpan.FromMilliseconds(200) };
        await using var receiver = new LineReceiver(settings, keys, TimeProvider.System);
        receiver.Start();
        await Eventually.Is(() => receiver.HasListened, () => $"{receiver.Trouble}");
        _bench.Outbox.SendAgain(Streams.Readings, 1, long.MaxValue); // delivered before it listened
        _bench.Outbox.SendAgain(Streams.Events, 1, long.MaxValue);
        await _bench.SendNowAsync();
        await _bench.Receipted(_bench.Outbox.Tail(Streams.Readings).Sequence);
        Assert.Null(_bench.Status.ReceiptTrouble);
    }

    private ECParameters PublicPart() => _bench.PlatformPublic;
}
