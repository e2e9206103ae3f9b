namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>A value, what it is worth, and when it was so at its source and at the server.</summary>
internal readonly record struct DataValue(
    Variant Value, StatusCode Status, OpcUaTime SourceTime, OpcUaTime ServerTime, ushort SourcePicoseconds = 0, ushort ServerPicoseconds = 0);
