using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;
using FsCheck.Xunit;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>Whatever comes as a response, the call that waits for it ends with a response or with the one exception.</summary>
public sealed class MessageTests
{
    private static readonly StatusCode Refusal = StatusCodes.BadUserAccessDenied;

    [Property(MaxTest = 300)]
    public async Task Every_call_ends_whatever_its_response_is(int seed)
    {
        await Ends<GetEndpointsResponse>(seed);
        await Ends<FindServersResponse>(seed);
        await Ends<OpenSecureChannelResponse>(seed);
        await Ends<CreateSessionResponse>(seed);
        await Ends<ActivateSessionResponse>(seed);
        await Ends<BrowseResponse>(seed);
        await Ends<BrowseNextResponse>(seed);
        await Ends<TranslateBrowsePathsResponse>(seed);
        await Ends<RegisterNodesResponse>(seed);
        await Ends<ReadResponse>(seed);
        await Ends<HistoryReadResponse>(seed);
        await Ends<CreateSubscriptionResponse>(seed);
        await Ends<CreateMonitoredItemsResponse>(seed);
        await Ends<PublishResponse>(seed);
        await Ends<RepublishResponse>(seed);
        await Ends<TransferSubscriptionsResponse>(seed);
    }

    [Fact]
    public async Task A_response_of_another_type_is_refused()
    {
        var call = new PendingCall<ReadResponse>("ReadRequest");
        call.Complete(Response(PublishResponse.TypeId, StatusCodes.Good, []), DecodeLimits.Default);
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => call.Answer);
        Assert.Equal(StatusCodes.BadUnknownResponse, refused.Status);
    }

    [Fact]
    public async Task A_refusal_keeps_the_status_of_the_server()
    {
        var call = new PendingCall<ReadResponse>("ReadRequest");
        call.Complete(Response(397, Refusal, []), DecodeLimits.Default);
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => call.Answer);
        Assert.Equal(Refusal, refused.Status);
        Assert.Contains("ReadRequest", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_at_the_end_of_a_response_is_no_fault()
    {
        var call = new PendingCall<ActivateSessionResponse>("ActivateSessionRequest");
        call.Complete(Response(ActivateSessionResponse.TypeId, StatusCodes.Good, [.. new byte[12], .. new byte[500]]), DecodeLimits.Default);
        Assert.Equal(0, (await call.Answer).ServerNonce.Length);
    }

    [Fact]
    public void A_message_of_very_many_parts_costs_no_more_than_one_of_one_part()
    {
        const int parts = 200_000;
        var writer = new UaWriter(16 * 1024 * 1024);
        writer.WriteUInt32(1);
        writer.WriteTime(default);
        writer.WriteInt32(parts);
        for (var part = 0; part < parts; part++)
        {
            writer.WriteStructure(811, (uint)part, static (to, handle) =>
            {
                to.WriteInt32(1);
                to.WriteUInt32(handle);
                to.WriteDataValue(default);
            });
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new UaReader(writer.Written, DecodeLimits.Default);
        var message = NotificationMessage.Read(ref reader);
        Assert.Equal(Enumerable.Range(0, parts), message.Values.Select(value => (int)value.ClientHandle));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000_000);
    }

    private static async Task Ends<TResponse>(int seed) where TResponse : IServiceResponse<TResponse>
    {
        var random = new Random(seed);
        var body = new byte[random.Next(400)];
        random.NextBytes(body);
        // Small numbers get deeper into a decoder than large ones: they pass as lengths.
        for (var at = 0; at < body.Length; at++)
            if (random.Next(3) > 0) body[at] = (byte)random.Next(3);
        var call = new PendingCall<TResponse>("a request");
        call.Complete(Response(TResponse.TypeId, StatusCodes.Good, body), DecodeLimits.Default);
        Assert.True(call.Answer.IsCompleted);
        try
        {
            await call.Answer;
        }
        catch (OpcUaException)
        {
        }
    }

    private static byte[] Response(uint typeId, StatusCode status, byte[] body)
    {
        var writer = new UaWriter(1 << 16);
        writer.WriteTypeId(typeId);
        new ResponseHeader(new(1), 1, status).Write(writer);
        writer.WriteRaw(body);
        return writer.Written.ToArray();
    }
}
