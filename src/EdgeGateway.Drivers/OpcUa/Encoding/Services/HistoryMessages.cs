namespace EdgeGateway.Drivers.OpcUa.Encoding.Services;

/// <summary>One node whose past is asked for, and where the last page ended.</summary>
internal readonly record struct HistoryReadValueId(NodeId NodeId, ByteString ContinuationPoint)
{
    public void Write(UaWriter writer)
    {
        writer.WriteNodeId(NodeId);
        writer.WriteString(null);
        writer.WriteQualifiedName(default);
        writer.WriteByteString(ContinuationPoint);
    }
}

/// <summary>Asks for values as they were stored (OPC 10000-4, 5.10.3; OPC 10000-11, 6.5.3).</summary>
internal sealed record HistoryReadRawRequest(OpcUaTime From, OpcUaTime To, uint MaxValuesPerNode, bool Release, IReadOnlyCollection<HistoryReadValueId> Nodes)
    : IServiceRequest<HistoryReadResponse>
{
    private const uint ReadRawModifiedDetails = 649;

    public uint TypeId => 664;

    public void Write(UaWriter writer)
    {
        writer.WriteStructure(ReadRawModifiedDetails, this, static (to, request) =>
        {
            to.WriteBoolean(false);
            to.WriteTime(request.From);
            to.WriteTime(request.To);
            to.WriteUInt32(request.MaxValuesPerNode);
            to.WriteBoolean(false);
        });
        writer.WriteInt32((int)TimestampsToReturn.Both);
        writer.WriteBoolean(Release);
        writer.WriteArray(Nodes, static (to, node) => node.Write(to));
    }
}

/// <summary>A page of one node's past; more behind <paramref name="ContinuationPoint"/> unless it is null or empty.</summary>
internal sealed record HistoryReadResult(StatusCode Status, ByteString ContinuationPoint, DataValue[] Values)
{
    private const uint HistoryData = 658;

    public static HistoryReadResult Read(ref UaReader reader)
    {
        var status = reader.ReadStatus();
        var point = reader.ReadByteString();
        return new(status, point, reader.ReadStructure(ReadValues) ?? []);
    }

    private static DataValue[] ReadValues(NodeId typeId, ref UaReader body)
    {
        if (typeId != new NodeId(HistoryData)) throw OpcUaException.Malformed($"history of type {typeId}, raw data (i={HistoryData}) expected");
        return body.ReadArray(1, static (ref UaReader value) => value.ReadDataValue());
    }
}

internal sealed record HistoryReadResponse(HistoryReadResult[] Results) : IServiceResponse<HistoryReadResponse>
{
    public static uint TypeId => 667;

    public static HistoryReadResponse Read(ref UaReader reader)
    {
        var results = reader.ReadArray(11, HistoryReadResult.Read);
        Services.Results.SkipDiagnostics(ref reader);
        return new(results);
    }
}
