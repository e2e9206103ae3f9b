namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>The reference types that this server uses, and what they are subtypes of (OPC 10000-5, 11).</summary>
internal static class ReferenceTypes
{
    public const uint Organizes = 35;
    public const uint HasTypeDefinition = 40;
    public const uint HasSubtype = 45;
    public const uint HasProperty = 46;
    public const uint HasComponent = 47;

    /// <summary>Each type with its name and the type above it.</summary>
    public static IReadOnlyDictionary<uint, (string Name, uint Above)> All { get; } = new Dictionary<uint, (string, uint)>
    {
        [31] = ("References", 0),
        [32] = ("NonHierarchicalReferences", 31),
        [33] = ("HierarchicalReferences", 31),
        [34] = ("HasChild", 33),
        [Organizes] = ("Organizes", 33),
        [HasTypeDefinition] = ("HasTypeDefinition", 32),
        [44] = ("Aggregates", 34),
        [HasSubtype] = ("HasSubtype", 34),
        [HasProperty] = ("HasProperty", 44),
        [HasComponent] = ("HasComponent", 44),
    };

    /// <summary>Whether a reference is meant by a filter; the null id means every one.</summary>
    public static bool IsMeant(uint type, NodeKey wanted, bool includeSubtypes)
    {
        if (wanted.IsNull || wanted == NodeKey.Of(type)) return true;
        if (!includeSubtypes) return false;
        for (var above = All[type].Above; above != 0; above = All[above].Above)
            if (wanted == NodeKey.Of(above)) return true;
        return false;
    }
}
