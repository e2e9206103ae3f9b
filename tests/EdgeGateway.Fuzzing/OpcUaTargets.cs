using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;
using EdgeGateway.Drivers.OpcUa.Transport;

namespace EdgeGateway.Fuzzing;

/// <summary>What an OPC UA server may send: it ends in a value or in the one exception, and costs no more than the limits allow.</summary>
internal static class OpcUaTargets
{
    private const int MostBytes = 1 << 16;

    private static readonly DecodeLimits Limits = new() { MaxElements = 10_000, MaxStringBytes = MostBytes };

    private static readonly (uint Id, Action<byte[]> Complete)[] Types =
    [
        Of<GetEndpointsResponse>(), Of<FindServersResponse>(), Of<OpenSecureChannelResponse>(), Of<CreateSessionResponse>(), Of<ActivateSessionResponse>(), Of<BrowseResponse>(),
        Of<BrowseNextResponse>(), Of<TranslateBrowsePathsResponse>(), Of<RegisterNodesResponse>(), Of<ReadResponse>(), Of<HistoryReadResponse>(), Of<CreateSubscriptionResponse>(),
        Of<CreateMonitoredItemsResponse>(), Of<PublishResponse>(), Of<RepublishResponse>(), Of<TransferSubscriptionsResponse>(),
    ];

    /// <summary>One value after the other.</summary>
    public static FuzzTarget Values { get; } = new("opcua-values", ValueSeeds, TakeValues);

    /// <summary>Which response, then its bytes behind the header.</summary>
    public static FuzzTarget Responses { get; } = new("opcua-responses",
        () => Enumerable.Range(0, Types.Length).Select(type => (byte[])[(byte)type, 1, 0, 0, 0, .. new byte[60]]), TakeResponse);

    /// <summary>Chunks, as they come off the wire.</summary>
    public static FuzzTarget Transport { get; } = new("opcua-transport", TransportSeeds, TakeChunks);

    private static void TakeValues(byte[] bytes) => Bounded(() =>
    {
        var reader = new UaReader(bytes, Limits);
        while (reader.Left > 0)
        {
            var at = reader.Position;
            reader.ReadDataValue();
            BrokenInvariantException.Unless(reader.Position > at, "a value of no bytes");
        }
    });

    private static void TakeResponse(byte[] bytes)
    {
        if (bytes.Length == 0) return;
        var (id, complete) = Types[bytes[0] % Types.Length];
        var writer = new UaWriter(bytes.Length + 64);
        writer.WriteTypeId(id);
        new ResponseHeader(new(1), 1, StatusCodes.Good).Write(writer);
        writer.WriteRaw(bytes.AsSpan(1));
        complete(writer.Written.ToArray());
    }

    private static (uint Id, Action<byte[]> Complete) Of<TResponse>() where TResponse : IServiceResponse<TResponse> => (TResponse.TypeId, Complete<TResponse>);

    private static void Complete<TResponse>(byte[] bytes) where TResponse : IServiceResponse<TResponse>
    {
        var call = new PendingCall<TResponse>("a request");
        call.Complete(bytes, Limits);
        BrokenInvariantException.Unless(call.Answer.IsCompleted, "a call that does not end");
        if (call.Answer.Exception?.InnerException is { } failure and not OpcUaException) throw failure;
    }

    private static void TakeChunks(byte[] bytes)
    {
        var assembly = new MessageAssembly(MostBytes, 16);
        for (var at = 0; bytes.Length - at >= ChunkHeader.Length;)
        {
            var (from, length) = (at, 0);
            Bounded(() => length = (int)Math.Min(ChunkHeader.Read(bytes.AsSpan(from)).Bytes, int.MaxValue));
            if (length < ChunkHeader.Length || length > bytes.Length - at) return;
            var chunk = bytes.AsMemory(at, length);
            Bounded(() => Handshake.ReadAcknowledge(chunk.Span, TransportLimits.Ours));
            Bounded(() => Handshake.ReadError(chunk.Span));
            Bounded(() =>
            {
                var message = assembly.Add(chunk.Span[^1], (char)chunk.Span[3], chunk[ChunkHeader.Length..]);
                BrokenInvariantException.Unless(message is null || message.Value.Length <= MostBytes, "a message longer than allowed");
            });
            at += length;
        }
    }

    private static void Bounded(Action take)
    {
        try
        {
            take();
        }
        catch (OpcUaException)
        {
            // The one failure there is for what a server sends.
        }
    }

    private static IEnumerable<byte[]> ValueSeeds()
    {
        foreach (var type in Enumerable.Range(0, 26))
        {
            yield return [0x01, (byte)type, .. new byte[24]];
            yield return [0x01, (byte)(type | 0x80), 2, 0, 0, 0, .. new byte[48]];
            yield return [0x3F, (byte)(type | 0xC0), 1, 0, 0, 0, .. new byte[48]];
        }
    }

    private static IEnumerable<byte[]> TransportSeeds()
    {
        yield return Handshake.Acknowledge(TransportLimits.Ours);
        yield return [.. "ERRF"u8, 20, 0, 0, 0, 0, 0, 0x0A, 0x80, 4, 0, 0, 0, .. "nope"u8];
        yield return [.. "MSGC"u8, 12, 0, 0, 0, 1, 2, 3, 4, .. "MSGF"u8, 12, 0, 0, 0, 1, 2, 3, 4];
    }
}
