using System.Collections.Immutable;

namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>Takes one field out of a structure whose layout is known; pure. The whole body is gone through, so that a layout that does not fit it is found out.</summary>
internal static class StructureReader
{
    /// <summary>Structures inside each other.</summary>
    private const int MaxDepth = 16;

    /// <summary>The value of a field; null if the structure leaves that field out.</summary>
    /// <param name="layout">Its layout, in which <see cref="StructureLayout.WhyNot"/> finds the path.</param>
    /// <param name="body">The structure's bytes.</param>
    /// <param name="path">Which field.</param>
    /// <exception cref="OpcUaException">The bytes are not laid out so, or an element is asked for that is not there.</exception>
    public static Variant? Find(StructureLayout layout, ReadOnlySpan<byte> body, ReadOnlySpan<FieldStep> path)
    {
        var reader = new UaReader(body, DecodeLimits.Default);
        var found = Read(ref reader, layout, path, depth: 0);
        if (reader.Left > 0) throw OpcUaException.Malformed($"the structure has {reader.Left} bytes more than the server's definition of its type: the two do not belong together");
        return found;
    }

    private static Variant? Read(ref UaReader reader, StructureLayout layout, ReadOnlySpan<FieldStep> path, int depth)
    {
        if (depth == MaxDepth) throw OpcUaException.TooLarge($"structures inside each other more than {MaxDepth} deep");
        var mask = layout.Kind == StructureKind.Whole ? 0 : reader.ReadUInt32();
        if (layout.Kind == StructureKind.Union && mask > layout.Fields.Length) throw OpcUaException.Malformed($"a union of {layout.Fields.Length} fields that names field {mask}");
        Variant? found = null;
        var optional = 0;
        for (var at = 0; at < layout.Fields.Length; at++)
        {
            var field = layout.Fields[at];
            var isThere = layout.Kind switch
            {
                StructureKind.Union => mask == at + 1,
                StructureKind.WithOptionalFields => !field.IsOptional || (mask & (1u << optional++)) != 0,
                _ => true,
            };
            if (!isThere) continue;
            var isChosen = path.Length > 0 && path[0].Name == field.Name;
            var value = ReadField(ref reader, field, isChosen ? path : [], depth);
            if (isChosen) found = value;
        }
        return found;
    }

    private static Variant? ReadField(ref UaReader reader, StructureField field, ReadOnlySpan<FieldStep> path, int depth)
    {
        ReadOnlySpan<FieldStep> behind = path.Length > 0 ? path[1..] : [];
        if (!field.IsArray) return field.Inner is { } one ? Read(ref reader, one, behind, depth + 1) : reader.ReadBuiltIn(field.Type);
        var index = path.Length > 0 ? path[0].Index : null;
        Variant? found = null;
        var length = reader.ReadLength(leastBytes: 1);
        for (var at = 0; at < length; at++)
        {
            var element = field.Inner is { } inner ? Read(ref reader, inner, at == index ? behind : [], depth + 1) : reader.ReadBuiltIn(field.Type);
            if (at == index) found = element;
        }
        return index >= Math.Max(length, 0)
            ? throw new OpcUaException(StatusCodes.BadIndexRangeNoData, $"its field {field.Name} has {Math.Max(length, 0)} elements, counted from 0, and not one of index {index}")
            : found;
    }
}
