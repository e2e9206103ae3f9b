namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>A name within a namespace of the server.</summary>
internal readonly record struct QualifiedName(ushort NamespaceIndex, string? Name)
{
    public override string ToString() => NamespaceIndex == 0 ? Name ?? "" : $"{NamespaceIndex}:{Name}";
}
