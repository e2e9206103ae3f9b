using System.Collections.Immutable;
using System.Globalization;

namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>One step into a structure: a field, or one element of a field that is an array.</summary>
internal readonly record struct FieldStep(string Name, int? Index)
{
    /// <summary>What a path of them looks like, for messages.</summary>
    public const string Form = "the names of fields from the outside in, such as Status.Code or Zones[2].Value";

    private const int MaxSteps = 16;

    /// <summary>Reads <c>Zones[2].Value</c>; null if it is no such thing.</summary>
    public static ImmutableArray<FieldStep>? Parse(string text)
    {
        var steps = ImmutableArray.CreateBuilder<FieldStep>();
        foreach (var part in text.Split('.'))
        {
            var open = part.IndexOf('[', StringComparison.Ordinal);
            var name = (open < 0 ? part : part[..open]).Trim();
            int? index = null;
            if (open >= 0)
            {
                if (!part.EndsWith(']') || !int.TryParse(part.AsSpan(open + 1, part.Length - open - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
                index = number;
            }
            if (name.Length == 0 || name.Contains(']', StringComparison.Ordinal) || steps.Count == MaxSteps) return null;
            steps.Add(new FieldStep(name, index));
        }
        return steps.ToImmutable();
    }

    public override string ToString() => Index is { } index ? string.Create(CultureInfo.InvariantCulture, $"{Name}[{index}]") : Name;
}
