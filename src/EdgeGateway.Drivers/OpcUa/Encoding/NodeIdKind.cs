namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>What identifies a node within its namespace.</summary>
internal enum NodeIdKind : byte
{
    Numeric = 0,
    Text = 1,
    Unique = 2,
    Opaque = 3,
}
