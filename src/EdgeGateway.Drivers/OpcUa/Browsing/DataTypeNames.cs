using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Browsing;

/// <summary>Names of data types, and what a line can make of their values; each is asked for once. Used by one task at a time.</summary>
internal sealed class DataTypeNames(Session session, NodeAccess access)
{
    private const int MostKnown = 10_000;
    private const int MostSteps = 16;
    private static readonly NodeId HasSubtype = new(45);

    // The types of namespace 0 that others are made of (OPC 10000-5, annex A; OPC 10000-6, 5.1.2).
    private static readonly Dictionary<uint, (string Name, ValueKind Kind)> Standard = new()
    {
        [1] = ("Boolean", ValueKind.Number),
        [2] = ("SByte", ValueKind.Number),
        [3] = ("Byte", ValueKind.Number),
        [4] = ("Int16", ValueKind.Number),
        [5] = ("UInt16", ValueKind.Number),
        [6] = ("Int32", ValueKind.Number),
        [7] = ("UInt32", ValueKind.Number),
        [8] = ("Int64", ValueKind.Number),
        [9] = ("UInt64", ValueKind.Number),
        [10] = ("Float", ValueKind.Number),
        [11] = ("Double", ValueKind.Number),
        [12] = ("String", ValueKind.Text),
        [13] = ("DateTime", ValueKind.Text),
        [14] = ("Guid", ValueKind.Text),
        [15] = ("ByteString", ValueKind.Text),
        [16] = ("XmlElement", ValueKind.Text),
        [17] = ("NodeId", ValueKind.Text),
        [18] = ("ExpandedNodeId", ValueKind.Structure),
        [19] = ("StatusCode", ValueKind.Number),
        [20] = ("QualifiedName", ValueKind.Text),
        [21] = ("LocalizedText", ValueKind.Text),
        [22] = ("Structure", ValueKind.Structure),
        [23] = ("DataValue", ValueKind.Structure),
        [24] = ("BaseDataType", ValueKind.Unknown),
        [25] = ("DiagnosticInfo", ValueKind.Structure),
        [26] = ("Number", ValueKind.Number),
        [27] = ("Integer", ValueKind.Number),
        [28] = ("UInteger", ValueKind.Number),
        [29] = ("Enumeration", ValueKind.Number),
    };

    private readonly Dictionary<NodeId, (string Name, ValueKind Kind)> _known = [];

    /// <exception cref="OpcUaException">The link broke, or the session is gone.</exception>
    public async Task<(string Name, ValueKind Kind)> FindAsync(NodeId type, CancellationToken cancellationToken)
    {
        if (type.IsNull) return ("no type", ValueKind.Unknown);
        if (StandardOf(type) is { } standard) return standard;
        if (_known.TryGetValue(type, out var known)) return known;
        var name = (await access.ReadAsync([new ReadValueId(type, NodeAttribute.BrowseName)], cancellationToken).ConfigureAwait(false))[0].Value.Content is QualifiedName { Name: { Length: > 0 } text }
            ? Printable.Text(text) : Printable.Text(type.ToString());
        var found = (name, await KindOfAsync(type, cancellationToken).ConfigureAwait(false));
        if (_known.Count < MostKnown) _known[type] = found;
        return found;
    }

    private static (string Name, ValueKind Kind)? StandardOf(NodeId type) =>
        type is { NamespaceIndex: 0, Kind: NodeIdKind.Numeric } && Standard.TryGetValue(type.Number, out var standard) ? standard : null;

    // Up to the type of the standard that it is a kind of.
    private async Task<ValueKind> KindOfAsync(NodeId type, CancellationToken cancellationToken)
    {
        for (var step = 0; step < MostSteps; step++)
        {
            if (StandardOf(type) is { } standard) return standard.Kind;
            var up = new BrowseDescription(type, BrowseDirection.Inverse, HasSubtype, WithSubtypes: true, NodeClassMask: 0);
            var results = (await session.CallAsync(new BrowseRequest(1, [up]), cancellationToken).ConfigureAwait(false)).Results;
            if (results is not [{ Status.IsBad: false, References: [{ NodeId: { ServerIndex: 0, NamespaceUri: null } parent }, ..] }]) return ValueKind.Unknown;
            type = parent.NodeId;
        }
        return ValueKind.Unknown;
    }
}
