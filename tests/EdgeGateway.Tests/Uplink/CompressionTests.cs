using EdgeGateway.Commands.Demo;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Receiving;
using EdgeGateway.Uplink;

namespace EdgeGateway.Tests.Uplink;

public sealed class CompressionTests
{
    [Fact]
    public async Task What_was_compressed_on_its_way_is_stored_by_the_receiver_as_it_was_sealed()
    {
        await using var broker = new EmbeddedBroker();
        await broker.StartAsync();
        var url = new Uri($"mqtt://{broker.EndPoint}");
        using var folder = new TemporaryFolder();
        using var keys = SealedSegments.TrustedKeys();
        IReadOnlyList<Segment> segments;
        await using (var receiver = new LineReceiver(new ReceiverSettings(new BrokerSettings { Urls = [url] }, "receiver", folder.Path), keys, TimeProvider.System))
        {
            receiver.Start();
            await Eventually.Is(() => receiver.HasListened, () => $"{receiver.Trouble}");
            await using var bench = new UplinkBench(settings => settings with { IsCompressed = true }, urls: url);
            bench.Append(20, bytes: 4_000);
            segments = bench.Outbox.Stored(Streams.Readings, 1, 20, 20);
            await bench.StartAsync();
            await bench.Delivered();
            await Eventually.Is(() => receiver.Status.Payloads == 20, () => $"{receiver.Status}");
            Assert.Equal(0, receiver.Undecodable);
        }

        var lines = EgbFile.Lines(folder.Sub("received.egb1")).Select(line => Convert.ToHexString(line.Span)).ToHashSet();
        Assert.All(segments, segment => Assert.Contains(Convert.ToHexString(segment.Line), lines));
    }

    [Fact]
    public async Task A_message_on_its_way_is_shorter_than_its_line()
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        await using var bench = UplinkBench.Towards(broker, settings => settings with { IsCompressed = true });
        bench.Append(1, bytes: 4_000);
        await bench.StartAsync();

        await bench.Delivered();

        var line = Assert.Single(bench.Outbox.Stored(Streams.Readings, 1, 1, 1)).Line;
        var message = Assert.Single(broker.Segments);
        Assert.True(message.Payload.Length < line.Length, $"{message.Payload.Length} of {line.Length} bytes");
        using var decompressor = new ZstdSharp.Decompressor();
        Assert.Equal(line, decompressor.Unwrap(message.Payload, Envelope.MaxLineBytes).ToArray());
    }

    [Fact]
    public void What_does_not_get_shorter_goes_as_it_is()
    {
        using var coding = new OuterCompression();
        Assert.Null(coding.Pack(System.Security.Cryptography.RandomNumberGenerator.GetBytes(100)));
    }
}
