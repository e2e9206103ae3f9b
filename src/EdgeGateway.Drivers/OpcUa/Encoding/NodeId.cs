using System.Globalization;

namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>The name of a node within one server: namespace index and identifier. The index may change when the server restarts.</summary>
internal readonly struct NodeId : IEquatable<NodeId>
{
    private readonly uint _number;
    private readonly object? _identifier; // string, boxed Guid or byte[]

    private NodeId(ushort namespaceIndex, NodeIdKind kind, uint number, object? identifier)
    {
        NamespaceIndex = namespaceIndex;
        Kind = kind;
        _number = number;
        _identifier = identifier;
    }

    public NodeId(uint number, ushort namespaceIndex = 0) : this(namespaceIndex, NodeIdKind.Numeric, number, null)
    {
    }

    public NodeId(string? text, ushort namespaceIndex) : this(namespaceIndex, NodeIdKind.Text, 0, text)
    {
    }

    public NodeId(Guid unique, ushort namespaceIndex) : this(namespaceIndex, NodeIdKind.Unique, 0, unique)
    {
    }

    public NodeId(ByteString opaque, ushort namespaceIndex) : this(namespaceIndex, NodeIdKind.Opaque, 0, opaque.IsNull ? null : opaque.Span.ToArray())
    {
    }

    public ushort NamespaceIndex { get; }

    public NodeIdKind Kind { get; }

    /// <summary>The identifier of a <see cref="NodeIdKind.Numeric"/>; else 0.</summary>
    public uint Number => _number;

    public string? Text => _identifier as string;

    public Guid Unique => _identifier is Guid unique ? unique : Guid.Empty;

    public ByteString Opaque => _identifier as byte[];

    /// <summary>Numeric 0 in namespace 0: no node.</summary>
    public bool IsNull => Kind == NodeIdKind.Numeric && _number == 0 && NamespaceIndex == 0;

    /// <summary>The same identifier in another namespace.</summary>
    public NodeId In(ushort namespaceIndex) => new(namespaceIndex, Kind, _number, _identifier);

    /// <summary>Reads <c>ns=2;s=Tank.Level</c>; <c>ns=0</c> may be left out (OPC 10000-6, 5.1.12).</summary>
    /// <returns>False if the text is no node id; <paramref name="nodeId"/> is null then.</returns>
    public static bool TryParse(string text, out NodeId nodeId)
    {
        nodeId = default;
        ushort index = 0;
        var rest = text.AsSpan();
        if (rest.StartsWith("ns=", StringComparison.Ordinal))
        {
            var end = rest.IndexOf(';');
            if (end < 0 || !ushort.TryParse(rest[3..end], NumberStyles.None, CultureInfo.InvariantCulture, out index)) return false;
            rest = rest[(end + 1)..];
        }
        return TryParseIdentifier(rest, index, out nodeId);
    }

    /// <summary>Reads the part behind the namespace: <c>i=85</c>, <c>s=Tank</c>, <c>g=…</c>, <c>b=…</c>.</summary>
    public static bool TryParseIdentifier(ReadOnlySpan<char> text, ushort namespaceIndex, out NodeId nodeId)
    {
        nodeId = default;
        if (text.Length < 3 || text[1] != '=') return false;
        var value = text[2..];
        switch (text[0])
        {
            case 'i' when uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                nodeId = new NodeId(number, namespaceIndex);
                return true;
            case 's':
                nodeId = new NodeId(value.ToString(), namespaceIndex);
                return true;
            case 'g' when Guid.TryParse(value, out var unique):
                nodeId = new NodeId(unique, namespaceIndex);
                return true;
            case 'b':
                var bytes = new byte[value.Length];
                if (!Convert.TryFromBase64Chars(value, bytes, out var count)) return false;
                nodeId = new NodeId((ByteString)bytes[..count], namespaceIndex);
                return true;
            default:
                return false;
        }
    }

    public bool Equals(NodeId other) =>
        NamespaceIndex == other.NamespaceIndex && Kind == other.Kind && _number == other._number
        && (_identifier is byte[] bytes ? other._identifier is byte[] others && bytes.AsSpan().SequenceEqual(others) : Equals(_identifier, other._identifier));

    public override bool Equals(object? obj) => obj is NodeId other && Equals(other);

    public override int GetHashCode() =>
        HashCode.Combine(NamespaceIndex, Kind, _number, Kind == NodeIdKind.Opaque ? Opaque.GetHashCode() : _identifier?.GetHashCode() ?? 0);

    public static bool operator ==(NodeId left, NodeId right) => left.Equals(right);

    public static bool operator !=(NodeId left, NodeId right) => !left.Equals(right);

    public override string ToString()
    {
        var identifier = Kind switch
        {
            NodeIdKind.Numeric => string.Create(CultureInfo.InvariantCulture, $"i={_number}"),
            NodeIdKind.Text => $"s={Text}",
            NodeIdKind.Unique => $"g={Unique}",
            _ => $"b={Convert.ToBase64String(Opaque.Span)}",
        };
        return NamespaceIndex == 0 ? identifier : string.Create(CultureInfo.InvariantCulture, $"ns={NamespaceIndex};{identifier}");
    }
}
