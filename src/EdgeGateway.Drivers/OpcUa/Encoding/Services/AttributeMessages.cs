namespace EdgeGateway.Drivers.OpcUa.Encoding.Services;

/// <summary>Attributes that this client asks for (OPC 10000-6, annex A.1).</summary>
internal enum NodeAttribute : uint
{
    NodeClass = 2,
    BrowseName = 3,
    DisplayName = 4,
    Value = 13,
    DataType = 14,
    ValueRank = 15,
    UserAccessLevel = 18,
    Historizing = 20,
    DataTypeDefinition = 23,
}

/// <summary>Which times come with a value.</summary>
internal enum TimestampsToReturn
{
    Source = 0,
    Server = 1,
    Both = 2,
    Neither = 3,
}

/// <summary>One attribute of one node, or a part of an array by <c>1:3</c>.</summary>
internal readonly record struct ReadValueId(NodeId NodeId, NodeAttribute Attribute = NodeAttribute.Value, string? IndexRange = null)
{
    public void Write(UaWriter writer)
    {
        writer.WriteNodeId(NodeId);
        writer.WriteUInt32((uint)Attribute);
        writer.WriteString(IndexRange);
        writer.WriteQualifiedName(default);
    }
}

/// <summary>Reads attributes (OPC 10000-4, 5.10.2).</summary>
internal sealed record ReadRequest(double MaxAgeMilliseconds, TimestampsToReturn Timestamps, IReadOnlyCollection<ReadValueId> Nodes) : IServiceRequest<ReadResponse>
{
    public uint TypeId => 631;

    public void Write(UaWriter writer)
    {
        writer.WriteDouble(MaxAgeMilliseconds);
        writer.WriteInt32((int)Timestamps);
        writer.WriteArray(Nodes, static (to, node) => node.Write(to));
    }
}

internal sealed record ReadResponse(DataValue[] Results) : IServiceResponse<ReadResponse>
{
    public static uint TypeId => 634;

    public static ReadResponse Read(ref UaReader reader)
    {
        var results = reader.ReadArray(1, static (ref UaReader value) => value.ReadDataValue());
        Services.Results.SkipDiagnostics(ref reader);
        return new(results);
    }
}
