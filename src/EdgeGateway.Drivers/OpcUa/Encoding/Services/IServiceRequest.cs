namespace EdgeGateway.Drivers.OpcUa.Encoding.Services;

/// <summary>A question to a server. The request header is written by the channel.</summary>
/// <typeparam name="TResponse">The answer that belongs to it.</typeparam>
internal interface IServiceRequest<TResponse> where TResponse : IServiceResponse<TResponse>
{
    /// <summary>The id of its binary encoding in namespace 0.</summary>
    uint TypeId { get; }

    /// <summary>Writes everything behind the request header.</summary>
    void Write(UaWriter writer);
}
