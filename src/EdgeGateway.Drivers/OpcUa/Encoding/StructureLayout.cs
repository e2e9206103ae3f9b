using System.Collections.Immutable;

namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>Which fields of a structure are there (OPC 10000-6, 5.2.6 to 5.2.8).</summary>
internal enum StructureKind
{
    /// <summary>All of them.</summary>
    Whole = 0,

    /// <summary>A mask in front says which of the optional ones.</summary>
    WithOptionalFields = 1,

    /// <summary>A number in front says which one.</summary>
    Union = 2,
}

/// <summary>One field of a structure.</summary>
/// <param name="Name">As the server writes it.</param>
/// <param name="Type">What it is made of; <see cref="BuiltInType.Variant"/> for a value of any type, <see cref="BuiltInType.ExtensionObject"/> for a structure with its own header.</param>
/// <param name="Inner">The layout of a structure that stands here without a header; null for the rest.</param>
/// <param name="IsArray">Any number of them, in one dimension.</param>
/// <param name="IsOptional">It may be left out.</param>
internal sealed record StructureField(string Name, BuiltInType Type, StructureLayout? Inner = null, bool IsArray = false, bool IsOptional = false);

/// <summary>How the body of a structure is laid out.</summary>
internal sealed record StructureLayout(StructureKind Kind, ImmutableArray<StructureField> Fields)
{
    /// <summary>Values that a whole one holds, arrays counted as one: what it costs at least to walk through it.</summary>
    public long Leaves { get; } = Fields.Sum(field => field.Inner?.Leaves ?? 1);

    /// <summary>Why a path leads to no value of this structure, for people; null if it does.</summary>
    public string? WhyNot(ReadOnlySpan<FieldStep> path)
    {
        var layout = this;
        for (var at = 0; at < path.Length; at++)
        {
            var step = path[at];
            var field = layout.Fields.FirstOrDefault(each => each.Name == step.Name);
            if (field is null) return $"it has no field {step.Name}: its fields are {layout.Names}";
            if (step.Index is not null && !field.IsArray) return $"its field {step.Name} is no array, and {step} names an element of it";
            if (step.Index is null && field.IsArray) return $"its field {step.Name} is an array: name one element of it, {step.Name}[0]";
            if (field.Inner is null) return at == path.Length - 1 ? null : $"its field {step.Name} is a {field.Type}, which has no fields";
            layout = field.Inner;
        }
        return $"it is a structure: name one of its fields, {layout.Names}";
    }

    private string Names
    {
        get
        {
            const int Shown = 20;
            var names = string.Join(", ", Fields.Take(Shown).Select(each => Printable.Text(each.Name)));
            return Fields.Length > Shown ? names + " …" : names;
        }
    }
}
