using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;
using EdgeGateway.Drivers.OpcUa.Transport;
using EdgeGateway.Drivers.Tests.OpcUa.Scripted;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>
/// A server that means harm, or is broken, over a channel without security, where nothing protects what it sends. Each time the call that waits ends with a clear error, in time and without
/// much memory; what is not the fault of the whole conversation does not end it. <see cref="TamperingTests"/> has the same for secured channels.
/// </summary>
public sealed class HostileServerTests : IAsyncLifetime
{
    private const int ChunkPrefix = 24; // header, channel, token, sequence, request
    private const long SmallMemory = 8 << 20;

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);

    private readonly TemporaryFolder _folder = new();
    private readonly ScriptedServer _server = new();
    private readonly List<ServerConnection> _connections = [];

    public ValueTask InitializeAsync()
    {
        _server.OnConnection = _connections.Add;
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(7u)]
    [InlineData(65_537u)]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(0xFFFF_FFFFu)]
    public async Task A_chunk_of_an_impossible_length_ends_the_channel_at_once(uint length)
    {
        await using var channel = await Channel();
        Answer(chunk => Changed(chunk, 4, length));
        await Ends(channel, StatusCodes.BadTcpMessageTooLarge);
    }

    [Theory]
    [InlineData(12u)]
    [InlineData(20u)]
    public async Task A_chunk_too_short_for_its_own_headers_ends_the_channel(uint length)
    {
        await using var channel = await Channel();
        Answer(chunk => [Changed(chunk, 4, length)[0][..(int)length]]);
        await Ends(channel, null);
    }

    [Fact]
    public async Task Chunks_without_end_end_the_channel_and_leave_no_memory_behind()
    {
        await using var channel = await Channel();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Answer(chunk => Parts('C', 300, requestId: null, chunk));
        var ended = await Ends(channel, StatusCodes.BadEncodingLimitsExceeded);
        Assert.Contains("16777216 bytes", ended.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, SmallMemory);
    }

    [Fact]
    public async Task Tiny_chunks_without_end_are_counted()
    {
        await using var channel = await Channel();
        Answer(chunk => Parts('C', 2000, null, chunk, size: ChunkPrefix + 1));
        Assert.Contains("512 chunks", (await Ends(channel, StatusCodes.BadEncodingLimitsExceeded)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unfinished_messages_side_by_side_have_one_bound_together()
    {
        await using var channel = await Channel();
        Answer(chunk => [.. Enumerable.Range(0, 3).SelectMany(message => Parts('C', 200, (uint)(1000 + message), chunk, size: 60_000, from: message * 200))]);
        Assert.Contains("unfinished messages", (await Ends(channel, StatusCodes.BadEncodingLimitsExceeded)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_wrong_sequence_number_ends_the_channel(int jump)
    {
        await using var channel = await Channel();
        Answer(chunk => Changed(chunk, 16, (uint)(Number(chunk, 16) + jump)));
        Assert.Contains("missing, repeated or out of order", (await Ends(channel, StatusCodes.BadSequenceNumberInvalid)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    public async Task A_chunk_of_another_channel_or_token_ends_the_channel(int place)
    {
        await using var channel = await Channel();
        Answer(chunk => Changed(chunk, place, Number(chunk, place) + 77));
        await Ends(channel, StatusCodes.BadSecureChannelTokenUnknown);
    }

    [Fact]
    public async Task An_answer_to_nobody_is_dropped_and_a_stream_of_them_ends_the_channel()
    {
        await using var channel = await Channel();
        Answer(chunk => [Changed(chunk, 20, 4_000_000)[0]]);
        Assert.Equal(StatusCodes.BadTimeout, (await Assert.ThrowsAsync<OpcUaException>(() => Ask(channel, Short))).Status);
        Assert.False(channel.Ended.IsCompleted);
        Assert.Equal(1, channel.LateResponses);
        Answer(chunk => Parts('F', 400, 4_000_000, chunk, size: ChunkPrefix + 8));
        Assert.Contains("nobody waits for", (await Ends(channel, StatusCodes.BadUnknownResponse)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_comes_byte_by_byte_is_not_waited_for_longer_than_the_call_has_patience()
    {
        await using var channel = await Channel();
        Answer(chunk => [chunk[..30]]); // and never the rest
        Assert.Equal(StatusCodes.BadTimeout, (await Assert.ThrowsAsync<OpcUaException>(() => Ask(channel, Short))).Status);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "is this an opc.tcp port?")]
    [InlineData("\u0016\u0003\u0001\u0000\u0001aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "is this an opc.tcp port?")]
    [InlineData("", "closed the connection")]
    public async Task Somebody_else_at_the_port_is_told_from_a_server(string said, string expected)
    {
        var refused = await Greeted(System.Text.Encoding.Latin1.GetBytes(said));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reason_of_two_gigabytes_is_not_waited_for()
    {
        byte[] error = [.. "ERRF"u8, 24, 0, 0, 0, 0, 0, 0x7D, 0x80, 0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3, 4, 5, 6, 7, 8];
        var refused = await Greeted(error);
        Assert.Equal(StatusCodes.BadEncodingLimitsExceeded, refused.Status);
    }

    [Fact]
    public async Task A_reason_cannot_write_lines_of_its_own_into_a_log()
    {
        var text = System.Text.Encoding.UTF8.GetBytes("no\r\n2026-01-01 info: all is well \u001b[2J" + new string('x', 4000));
        var error = new UaWriter(8192);
        error.WriteRaw("ERRF"u8);
        error.WriteInt32(16 + text.Length);
        error.WriteStatus(StatusCodes.BadTcpEndpointUrlInvalid);
        error.WriteByteString(text);
        var refused = await Greeted(error.Written.ToArray());
        Assert.Equal(StatusCodes.BadTcpEndpointUrlInvalid, refused.Status);
        Assert.DoesNotContain(refused.Message, char.IsControl);
        Assert.InRange(refused.Message.Length, 1, 500);
    }

    [Fact]
    public async Task A_second_greeting_ends_the_channel()
    {
        await using var channel = await Channel();
        Answer(_ => [Handshake.Acknowledge(TransportLimits.Ours)]);
        await Ends(channel, StatusCodes.BadTcpMessageTypeInvalid);
    }

    [Fact]
    public async Task A_server_that_accepts_and_says_nothing_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, CancellationToken.None);
        var opening = SecureChannel.OpenAsync(client.GetStream(), "opc.tcp://127.0.0.1:1", ChannelSecurity.None, time, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(11));
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => opening.WaitAsync(Eventually.Patience, TimeProvider.System));
        Assert.Equal(StatusCodes.BadTimeout, refused.Status);
    }

    public static TheoryData<string> Bombs => ["array", "results", "variant", "diagnostics", "extension", "matrix", "string"];

    [Theory, MemberData(nameof(Bombs))]
    public async Task A_message_made_to_burst_fails_its_call_only_and_costs_little(string bomb)
    {
        await using var session = await Open();
        var body = BombOf(bomb);
        Answer(chunk => [WithBody(chunk, [.. chunk.AsSpan(ChunkPrefix, 28), .. body])]); // type id and header of the answer stay
        await Refused(session); // compiled, so that only the message is measured
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Refused(session);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, SmallMemory);
        Answer(null);
        await Read(session);
    }

    [Fact]
    public async Task Whatever_is_cut_off_wherever_fails_its_call_only()
    {
        await using var channel = await Channel();
        byte[] whole = [];
        Answer(chunk =>
        {
            whole = chunk;
            return [chunk];
        });
        await Ask(channel, Eventually.Patience);
        for (var length = ChunkPrefix; length < whole.Length; length += length < ChunkPrefix + 120 ? 1 : 37)
        {
            var cut = length;
            Answer(chunk => [WithBody(chunk, chunk[ChunkPrefix..cut])]);
            var refused = await Assert.ThrowsAsync<OpcUaException>(() => Ask(channel, Eventually.Patience));
            Assert.True(refused.Status.Code == StatusCodes.BadDecodingError || refused.Status.Code == StatusCodes.BadEncodingLimitsExceeded || refused.Status.Code == StatusCodes.BadUnknownResponse, $"{length}: {refused.Message}");
        }
        Answer(null);
        await Ask(channel, Eventually.Patience);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Another_number_of_results_than_of_questions_is_refused(int results)
    {
        await using var session = await Open();
        Answer(chunk => [WithBody(chunk, [.. chunk.AsSpan(ChunkPrefix, 28), .. BitConverter.GetBytes(results), .. new byte[results], 0xFF, 0xFF, 0xFF, 0xFF])]);
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => new NodeAccess(session, ServerLimits.Cautious).ReadAsync([new ReadValueId(new NodeId(2259))], CancellationToken.None));
        Assert.Contains($"{results} results for 1 nodes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keep_alives_without_end_do_not_keep_a_core_busy()
    {
        var answered = 0;
        _server.Script = call =>
        {
            if (call.TypeId != 826 || _server.Subscriptions.IsEmpty) return null;
            Interlocked.Increment(ref answered);
            _ = call.Connection.AnswerAsync(call, PublishResponse.TypeId, StatusCodes.Good, writer =>
            {
                writer.WriteUInt32(_server.Subscriptions.Keys.First());
                writer.WriteInt32(-1);
                writer.WriteBoolean(false);
                writer.WriteUInt32(1);
                writer.WriteTime(OpcUaTime.From(TimeProvider.System.GetUtcNow()));
                for (var nothing = 0; nothing < 3; nothing++) writer.WriteInt32(-1);
            });
            return new Deed { IsHeld = true };
        };
        using var stopping = new CancellationTokenSource();
        var sink = new RecordingSubscriptions();
        using var client = new SubscribingClient(Settings(), [new SubscriptionPlan(TimeSpan.FromMilliseconds(50), [new WatchedNode(ScriptedServer.Plant, new NodeId("a", 0), null, 1)])], sink, TimeProvider.System);
        var running = client.RunAsync(stopping.Token);
        await Eventually.Is(() => answered > 3, "keep-alives to come");
        var (before, since, memory) = (answered, TimeProvider.System.GetTimestamp(), GC.GetTotalMemory(forceFullCollection: true));
        await Eventually.Is(() => answered > before + 30, "the flood to go on");
        var perSecond = (answered - before) / TimeProvider.System.GetElapsedTime(since).TotalSeconds;
        Assert.InRange(perSecond, 0, 200);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, SmallMemory);
        await stopping.CancelAsync();
        await running;
    }

    private static byte[] BombOf(string bomb)
    {
        var writer = new UaWriter(1 << 20);
        switch (bomb)
        {
            case "results": writer.WriteInt32(0x7FFF_FFF0); break; // that many results, and nothing behind
            case "array":
                writer.WriteInt32(1);
                writer.WriteRaw([1, 0x80 | 11]); // a value: an array of doubles
                writer.WriteInt32(900_000_000);
                break;
            case "variant":
                writer.WriteInt32(1);
                writer.WriteRaw([1]);
                for (var depth = 0; depth < 10_000; depth++) writer.WriteRaw([0x80 | 24, 1, 0, 0, 0]); // an array of one variant
                break;
            case "diagnostics":
                writer.WriteInt32(0); // no results
                writer.WriteInt32(1);
                for (var depth = 0; depth < 60_000; depth++) writer.WriteRaw([0x40]); // an inner one
                break;
            case "extension":
                writer.WriteInt32(1);
                writer.WriteRaw([1, 22, 0, 1, 1]); // a structure, i=1, with bytes
                writer.WriteInt32(0x7FFF_FFFF);
                break;
            case "matrix":
                writer.WriteInt32(1);
                writer.WriteRaw([1, 0xC0 | 3]); // bytes with dimensions
                writer.WriteInt32(1);
                writer.WriteRaw([9]);
                writer.WriteInt32(2);
                writer.WriteInt32(65_536);
                writer.WriteInt32(65_536);
                break;
            default:
                writer.WriteInt32(1);
                writer.WriteRaw([1, 12]);
                writer.WriteInt32(0x7FFF_FFFF);
                writer.WriteRaw("short"u8);
                break;
        }
        return writer.Written.ToArray();
    }

    private static uint Number(byte[] chunk, int place) => BinaryPrimitives.ReadUInt32LittleEndian(chunk.AsSpan(place));

    private static byte[][] Changed(byte[] chunk, int place, uint number)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(place), number);
        return [chunk];
    }

    private static byte[] WithBody(byte[] chunk, byte[] body)
    {
        byte[] changed = [.. chunk.AsSpan(0, ChunkPrefix), .. body];
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(4), (uint)changed.Length);
        return changed;
    }

    /// <summary>Chunks like one, numbered on from it.</summary>
    private static byte[][] Parts(char part, int count, uint? requestId, byte[] like, int size = 60_000, int from = 0) => [.. Enumerable.Range(0, count).Select(at =>
    {
        var chunk = new byte[size];
        like.AsSpan(0, ChunkPrefix).CopyTo(chunk);
        chunk[3] = (byte)part;
        Changed(chunk, 4, (uint)size);
        Changed(chunk, 16, Number(like, 16) + (uint)(from + at));
        return requestId is { } request ? Changed(chunk, 20, request)[0] : chunk;
    })];

    private static Task<GetEndpointsResponse> Ask(SecureChannel channel, TimeSpan patience) => channel.CallAsync(new GetEndpointsRequest("opc.tcp://loopback"), default, patience, CancellationToken.None);

    private static Task<ReadResponse> Read(Session session) => session.CallAsync(new ReadRequest(0, TimestampsToReturn.Neither, [new ReadValueId(new NodeId(2259))]), CancellationToken.None);

    private static async Task<OpcUaException> Ends(SecureChannel channel, StatusCode? status)
    {
        await Assert.ThrowsAsync<OpcUaException>(() => Ask(channel, Eventually.Patience));
        var ended = await channel.Ended.WaitAsync(Eventually.Patience, TimeProvider.System);
        Assert.True(status is null || ended.Status == status, ended.ToString());
        return ended;
    }

    private static async Task Refused(Session session)
    {
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => Read(session));
        Assert.True(refused.Status == StatusCodes.BadDecodingError || refused.Status == StatusCodes.BadEncodingLimitsExceeded, refused.ToString());
    }

    /// <summary>What a client makes of bytes that answer its greeting.</summary>
    private static async Task<OpcUaException> Greeted(byte[] answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, CancellationToken.None);
        using var server = await listener.AcceptTcpClientAsync(CancellationToken.None);
        var opening = SecureChannel.OpenAsync(client.GetStream(), "opc.tcp://127.0.0.1:1", ChannelSecurity.None, TimeProvider.System, CancellationToken.None);
        await server.GetStream().ReadExactlyAsync(new byte[8], CancellationToken.None);
        await server.GetStream().WriteAsync(answer, CancellationToken.None);
        server.Client.Shutdown(SocketShutdown.Send);
        return await Assert.ThrowsAsync<OpcUaException>(() => opening.WaitAsync(Eventually.Patience, TimeProvider.System));
    }

    /// <summary>What becomes of each answer from now on; null for nothing.</summary>
    private void Answer(Func<byte[], byte[][]>? tamper)
    {
        foreach (var connection in _connections) connection.Tamper = tamper is null ? null : chunk => chunk.AsSpan().StartsWith("MSG"u8) ? tamper(chunk) : [chunk];
    }

    private async Task<SecureChannel> Channel() => await SecureChannel.OpenAsync(await _server.Dial(CancellationToken.None), _server.Url, ChannelSecurity.None, TimeProvider.System, CancellationToken.None);

    private Task<Session> Open() => Session.OpenAsync(Settings(), TimeProvider.System, CancellationToken.None);

    private ClientSettings Settings() => new()
    {
        Url = new Uri(_server.Url),
        ApplicationUri = Certificates.Uri,
        Dial = _server.Dial,
        Trust = new TrustStore(_folder.Path, TimeProvider.System),
        Endpoint = new EndpointChoice(SecurityPolicy.None),
    };
}
