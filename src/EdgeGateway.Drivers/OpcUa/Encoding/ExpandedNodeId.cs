namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>A node id that may name its namespace by URI and a server other than this one.</summary>
internal readonly record struct ExpandedNodeId(NodeId NodeId, string? NamespaceUri = null, uint ServerIndex = 0);
