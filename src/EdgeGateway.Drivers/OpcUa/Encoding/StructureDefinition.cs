using System.Collections.Immutable;

namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>A field as a server defines it: its type is named by a node that has to be looked up.</summary>
internal sealed record FieldDefinition(string Name, NodeId DataType, int ValueRank, bool IsOptional);

/// <summary>How a server defines a structure (attribute DataTypeDefinition, OPC 10000-3, 8.48).</summary>
/// <param name="Kind">The number of the standard: <see cref="StructureKind"/>, or one that is not taken apart here.</param>
/// <param name="Fields">Those of its base types first.</param>
internal sealed record StructureDefinition(int Kind, ImmutableArray<FieldDefinition> Fields)
{
    /// <summary>Of the binary encoding.</summary>
    public const uint TypeId = 122;

    private const int MaxFields = 1000;

    /// <exception cref="OpcUaException">The bytes are no definition, or it is too large.</exception>
    public static StructureDefinition Read(ReadOnlySpan<byte> body)
    {
        var reader = new UaReader(body, DecodeLimits.Default);
        reader.ReadNodeId(); // the encoding that servers name here is often not theirs
        reader.ReadNodeId();
        var kind = reader.ReadInt32();
        var fields = reader.ReadArray(19, static (ref UaReader field) =>
        {
            var name = field.ReadString() ?? "";
            field.ReadLocalizedText();
            var type = field.ReadNodeId();
            var rank = field.ReadInt32();
            field.ReadArray(4, static (ref UaReader dimension) => dimension.ReadUInt32());
            field.ReadUInt32();
            return new FieldDefinition(name, type, rank, field.ReadBoolean());
        });
        return fields.Length <= MaxFields ? new(kind, [.. fields]) : throw OpcUaException.TooLarge($"a structure of {fields.Length} fields: at most {MaxFields} are taken");
    }
}
