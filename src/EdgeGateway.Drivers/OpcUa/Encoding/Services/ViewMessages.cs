namespace EdgeGateway.Drivers.OpcUa.Encoding.Services;

/// <summary>Which way references are followed.</summary>
internal enum BrowseDirection
{
    Forward = 0,
    Inverse = 1,
    Both = 2,
}

/// <summary>What to browse from one node; a mask of 0 lets all node classes through.</summary>
internal readonly record struct BrowseDescription(NodeId NodeId, BrowseDirection Direction, NodeId ReferenceType, bool WithSubtypes, uint NodeClassMask)
{
    /// <summary>All fields of a reference.</summary>
    private const uint AllFields = 63;

    public void Write(UaWriter writer)
    {
        writer.WriteNodeId(NodeId);
        writer.WriteInt32((int)Direction);
        writer.WriteNodeId(ReferenceType);
        writer.WriteBoolean(WithSubtypes);
        writer.WriteUInt32(NodeClassMask);
        writer.WriteUInt32(AllFields);
    }
}

/// <summary>One reference that was found.</summary>
internal sealed record ReferenceDescription(
    NodeId ReferenceType, bool IsForward, ExpandedNodeId NodeId, QualifiedName BrowseName, LocalizedText DisplayName, int NodeClass, ExpandedNodeId TypeDefinition)
{
    public static ReferenceDescription Read(ref UaReader reader) => new(
        reader.ReadNodeId(), reader.ReadBoolean(), reader.ReadExpandedNodeId(), reader.ReadQualifiedName(), reader.ReadLocalizedText(), reader.ReadInt32(),
        reader.ReadExpandedNodeId());
}

/// <summary>What was found from one node; more behind <paramref name="ContinuationPoint"/> unless it is null or empty.</summary>
internal sealed record BrowseResult(StatusCode Status, ByteString ContinuationPoint, ReferenceDescription[] References)
{
    public const int LeastBytes = 12;

    public static BrowseResult Read(ref UaReader reader) =>
        new(reader.ReadStatus(), reader.ReadByteString(), reader.ReadArray(19, ReferenceDescription.Read));
}

/// <summary>Follows references (OPC 10000-4, 5.8.2).</summary>
internal sealed record BrowseRequest(uint MaxReferencesPerNode, IReadOnlyCollection<BrowseDescription> Nodes) : IServiceRequest<BrowseResponse>
{
    public uint TypeId => 527;

    public void Write(UaWriter writer)
    {
        writer.WriteNodeId(default); // no view
        writer.WriteTime(default);
        writer.WriteUInt32(0);
        writer.WriteUInt32(MaxReferencesPerNode);
        writer.WriteArray(Nodes, static (to, node) => node.Write(to));
    }
}

internal sealed record BrowseResponse(BrowseResult[] Results) : IServiceResponse<BrowseResponse>
{
    public static uint TypeId => 530;

    public static BrowseResponse Read(ref UaReader reader)
    {
        var results = reader.ReadArray(BrowseResult.LeastBytes, BrowseResult.Read);
        Services.Results.SkipDiagnostics(ref reader);
        return new(results);
    }
}

/// <summary>Asks for more, or gives up what is left (OPC 10000-4, 5.8.3).</summary>
internal sealed record BrowseNextRequest(bool Release, IReadOnlyCollection<ByteString> ContinuationPoints) : IServiceRequest<BrowseNextResponse>
{
    public uint TypeId => 533;

    public void Write(UaWriter writer)
    {
        writer.WriteBoolean(Release);
        writer.WriteArray(ContinuationPoints, static (to, point) => to.WriteByteString(point));
    }
}

internal sealed record BrowseNextResponse(BrowseResult[] Results) : IServiceResponse<BrowseNextResponse>
{
    public static uint TypeId => 536;

    public static BrowseNextResponse Read(ref UaReader reader)
    {
        var results = reader.ReadArray(BrowseResult.LeastBytes, BrowseResult.Read);
        Services.Results.SkipDiagnostics(ref reader);
        return new(results);
    }
}

/// <summary>Names from a start node: hierarchical references are followed forward.</summary>
internal sealed record BrowsePath(NodeId Start, IReadOnlyCollection<QualifiedName> Names)
{
    private const uint HierarchicalReferences = 33;

    public void Write(UaWriter writer)
    {
        writer.WriteNodeId(Start);
        writer.WriteArray(Names, static (to, name) =>
        {
            to.WriteNodeId(new NodeId(HierarchicalReferences));
            to.WriteBoolean(false);
            to.WriteBoolean(true);
            to.WriteQualifiedName(name);
        });
    }
}

/// <summary>A node that a path leads to; the part of the path behind <paramref name="RemainingIndex"/> is on another server unless that is the largest number.</summary>
internal readonly record struct BrowsePathTarget(ExpandedNodeId NodeId, uint RemainingIndex)
{
    public static BrowsePathTarget Read(ref UaReader reader) => new(reader.ReadExpandedNodeId(), reader.ReadUInt32());
}

internal sealed record BrowsePathResult(StatusCode Status, BrowsePathTarget[] Targets)
{
    public static BrowsePathResult Read(ref UaReader reader) => new(reader.ReadStatus(), reader.ReadArray(6, BrowsePathTarget.Read));
}

/// <summary>Turns paths of names into node ids (OPC 10000-4, 5.8.4).</summary>
internal sealed record TranslateBrowsePathsRequest(IReadOnlyCollection<BrowsePath> Paths) : IServiceRequest<TranslateBrowsePathsResponse>
{
    public uint TypeId => 554;

    public void Write(UaWriter writer) => writer.WriteArray(Paths, static (to, path) => path.Write(to));
}

internal sealed record TranslateBrowsePathsResponse(BrowsePathResult[] Results) : IServiceResponse<TranslateBrowsePathsResponse>
{
    public static uint TypeId => 557;

    public static TranslateBrowsePathsResponse Read(ref UaReader reader)
    {
        var results = reader.ReadArray(8, BrowsePathResult.Read);
        Services.Results.SkipDiagnostics(ref reader);
        return new(results);
    }
}

/// <summary>Tells the server which nodes will be read again and again; it may answer with quicker names (OPC 10000-4, 5.8.5).</summary>
internal sealed record RegisterNodesRequest(IReadOnlyCollection<NodeId> Nodes) : IServiceRequest<RegisterNodesResponse>
{
    public uint TypeId => 560;

    public void Write(UaWriter writer) => writer.WriteArray(Nodes, static (to, node) => to.WriteNodeId(node));
}

internal sealed record RegisterNodesResponse(NodeId[] Nodes) : IServiceResponse<RegisterNodesResponse>
{
    public static uint TypeId => 563;

    public static RegisterNodesResponse Read(ref UaReader reader) => new(reader.ReadArray(2, static (ref UaReader node) => node.ReadNodeId()));
}
