namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>How the body of an <see cref="ExtensionObject"/> is written.</summary>
internal enum BodyEncoding : byte
{
    None = 0,
    Binary = 1,
    Xml = 2,
}

/// <summary>A structure of any type, kept as it was sent: who knows its type may decode the body, everyone else passes it on.</summary>
internal sealed record ExtensionObject(NodeId TypeId, BodyEncoding Encoding, ByteString Body)
{
    /// <summary>No object at all.</summary>
    public static ExtensionObject Null { get; } = new(default, BodyEncoding.None, default);
}
