using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>A request whose response has not come yet.</summary>
internal abstract class PendingCall
{
    /// <summary>Decodes the response on the receiving loop; whatever it is, the call ends.</summary>
    public abstract void Complete(ReadOnlySpan<byte> message, DecodeLimits limits);

    /// <summary>No response will come.</summary>
    public abstract void Fail(Exception reason);
}

/// <inheritdoc/>
/// <param name="what">What was asked, for messages.</param>
/// <param name="accept">Called with the response on the receiving loop, before anybody who waits sees it; may refuse it.</param>
internal sealed class PendingCall<TResponse>(string what, Action<TResponse>? accept = null) : PendingCall where TResponse : IServiceResponse<TResponse>
{
    private const uint ServiceFault = 397;

    private readonly TaskCompletionSource<TResponse> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResponse> Answer => _answer.Task;

    public override void Complete(ReadOnlySpan<byte> message, DecodeLimits limits)
    {
        try
        {
            var response = Read(message, limits);
            accept?.Invoke(response);
            _answer.TrySetResult(response);
        }
        catch (OpcUaException e)
        {
            Fail(e);
        }
    }

    public override void Fail(Exception reason) => _answer.TrySetException(reason);

    private TResponse Read(ReadOnlySpan<byte> message, DecodeLimits limits)
    {
        var reader = new UaReader(message, limits);
        var typeId = reader.ReadNodeId();
        var header = ResponseHeader.Read(ref reader);
        if (header.Result.IsBad) throw new OpcUaException(header.Result, $"the server answered {what} with {header.Result}");
        if (typeId == new NodeId(ServiceFault)) throw new OpcUaException(StatusCodes.BadUnknownResponse, $"the server answered {what} with a fault that says {header.Result}");
        if (typeId != new NodeId(TResponse.TypeId))
            throw new OpcUaException(StatusCodes.BadUnknownResponse, $"the server answered {what} with a message of type {typeId}, i={TResponse.TypeId} expected");
        return TResponse.Read(ref reader);
    }
}
