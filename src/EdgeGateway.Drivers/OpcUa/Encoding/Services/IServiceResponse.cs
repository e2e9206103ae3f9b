namespace EdgeGateway.Drivers.OpcUa.Encoding.Services;

/// <summary>An answer of a server. The response header has been read and judged before.</summary>
internal interface IServiceResponse<TSelf> where TSelf : IServiceResponse<TSelf>
{
    /// <summary>The id of its binary encoding in namespace 0.</summary>
    static abstract uint TypeId { get; }

    /// <summary>Reads everything behind the response header.</summary>
    /// <exception cref="OpcUaException">The bytes are no such answer.</exception>
    static abstract TSelf Read(ref UaReader reader);
}
