namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A node of the address space.</summary>
internal sealed class UaNode(NodeKey key, UaNodeClass kind, ushort index, string name)
{
    public NodeKey Key => key;

    public UaNodeClass Class => kind;

    public (ushort Index, string Name) BrowseName => (index, name);

    public NodeKey TypeDefinition { get; init; } = NodeKey.Null;

    public List<UaReference> References { get; } = [];

    /// <summary>Of a variable: its data type.</summary>
    public NodeKey DataType { get; init; } = NodeKey.Null;

    /// <summary>Of a variable: its value is a list.</summary>
    public bool IsList { get; init; }

    /// <summary>Of a variable of the server itself: its value now.</summary>
    public Func<UaValue>? Value { get; init; }

    /// <summary>Of a variable of the plant.</summary>
    public ServedVariable? Variable { get; init; }

    public UaDevice? Device { get; init; }
}
