using System.Collections.Immutable;
using System.Globalization;
using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>Values of the standard's types as samples, without rounding; pure.</summary>
internal static class VariantSample
{
    private const int MaxText = 256;

    /// <summary>The sample of a value with a good status, or of one element of it.</summary>
    /// <param name="value">What came.</param>
    /// <param name="index">Which element; empty where the value is no array.</param>
    /// <param name="why">What is wrong with it, for people; null unless the sample has no value.</param>
    public static Sample Of(Variant value, ImmutableArray<int> index, out string? why)
    {
        why = null;
        if (value.Elements is { } elements)
        {
            if (At(value, elements, index, out why) is not { } at) return Sample.None(index.IsEmpty ? Quality.BadReply : Quality.IllegalAddress);
            return OfElement(value.Type, elements.GetValue(at), out why);
        }
        if (index.IsEmpty) return OfScalar(value, out why);
        why = $"it is a single {value.Type}, and the map names an element of it: empty index";
        return Sample.None(Quality.BadReply);
    }

    /// <summary>The value itself, or one element of it.</summary>
    /// <param name="value">What came.</param>
    /// <param name="index">Which element; empty where the value is no array.</param>
    /// <param name="why">Why there is none, for people.</param>
    public static object? ElementOf(Variant value, ImmutableArray<int> index, out string? why)
    {
        why = null;
        if (value.Elements is { } elements) return At(value, elements, index, out why) is { } at ? elements.GetValue(at) : null;
        if (!index.IsEmpty) why = $"it is a single {value.Type}, and the map names an element of it: empty index";
        return value.Content;
    }

    /// <summary>The whole answer as text: <c>Double 12.5 Good (0x00000000) source 2026-01-05T08:00:00.0000000Z server …</c></summary>
    public static Sample EvidenceOf(DataValue value, ImmutableArray<int> index)
    {
        var sample = Of(value.Value, index, out _);
        var shown = sample.Quality == Quality.Good ? TextOf(sample.Value) : value.Value.IsNull ? "nothing" : "a value that is none here";
        var behind = $" {value.Status} source {value.SourceTime} server {value.ServerTime}";
        var text = $"{value.Value.Type} {shown}";
        if (text.Length + behind.Length > MaxText) text = text[..(MaxText - behind.Length - 1)] + "…";
        return new Sample(SampleValue.OfText(text + behind), Quality.Good);
    }

    private static string TextOf(SampleValue value) => value.Kind switch
    {
        SampleKind.Exact => value.Mantissa.ToString(CultureInfo.InvariantCulture),
        SampleKind.Binary32 => value.AsBinary32.ToString("R", CultureInfo.InvariantCulture),
        SampleKind.Binary64 => value.AsBinary64.ToString("R", CultureInfo.InvariantCulture),
        _ => value.AsText ?? "",
    };

    private static int? At(Variant value, Array elements, ImmutableArray<int> index, out string? why)
    {
        int[] dimensions = value.Content is Matrix matrix ? matrix.Dimensions : [elements.Length];
        var shape = string.Join(" x ", dimensions);
        why = $"it is an array of {shape}: name one element of it in index, counted from 0";
        if (index.Length != dimensions.Length) return null;
        var at = 0;
        for (var dimension = 0; dimension < dimensions.Length; dimension++)
        {
            why = $"it is an array of {shape} and has no element {string.Join(", ", index)}, counted from 0: correct index";
            if (index[dimension] >= dimensions[dimension]) return null;
            at = (at * dimensions[dimension]) + index[dimension];
        }
        why = null;
        return at;
    }

    private static Sample OfScalar(Variant value, out string? why)
    {
        why = null;
        switch (value.Type)
        {
            case BuiltInType.Boolean or BuiltInType.SByte or BuiltInType.Byte or BuiltInType.Int16 or BuiltInType.UInt16 or BuiltInType.Int32 or BuiltInType.UInt32 or BuiltInType.Int64
                or BuiltInType.StatusCode:
                return Exact(value.Bits);
            case BuiltInType.UInt64: return OfUInt64((ulong)value.Bits);
            case BuiltInType.Float: return new Sample(SampleValue.OfBinary32(value.AsFloat), Quality.Good);
            case BuiltInType.Double: return new Sample(SampleValue.OfBinary64(value.AsDouble), Quality.Good);
            case BuiltInType.DateTime: return Text(new OpcUaTime(value.Bits).ToString(), out why);
            case BuiltInType.Null:
                why = "it is null, although its status is good";
                return Sample.None(Quality.NotANumber);
            default: return OfObject(value.Type, value.Content, out why);
        }
    }

    private static Sample OfElement(BuiltInType type, object? element, out string? why)
    {
        why = null;
        switch (element)
        {
            case bool flag: return Exact(flag ? 1 : 0);
            case sbyte or byte or short or ushort or int or uint or long: return Exact(Convert.ToInt64(element, CultureInfo.InvariantCulture));
            case ulong large: return OfUInt64(large);
            case float single: return new Sample(SampleValue.OfBinary32(single), Quality.Good);
            case double number: return new Sample(SampleValue.OfBinary64(number), Quality.Good);
            case StatusCode status: return Exact(status.Value);
            case OpcUaTime time: return Text(time.ToString(), out why);
            case Variant inner: return Of(inner, [], out why);
            default: return OfObject(type, element, out why);
        }
    }

    private static Sample OfObject(BuiltInType type, object? content, out string? why)
    {
        switch (content)
        {
            case null: return Text("", out why);
            case string text: return Text(text, out why);
            case LocalizedText text: return Text(text.Text ?? "", out why);
            case ByteString bytes: return Text(Convert.ToHexString(bytes.Span), out why);
            case Guid or QualifiedName or NodeId: return Text(content.ToString() ?? "", out why);
            default:
                why = $"it is a {type}, which is not recorded as a whole: name one of its fields in field, or a node below it that holds one number or text";
                return Sample.None(Quality.BadReply);
        }
    }

    private static Sample Exact(long number) => new(SampleValue.OfExact(number), Quality.Good);

    private static Sample OfUInt64(ulong number) => number <= long.MaxValue ? Exact((long)number) : Sample.None(Quality.NotRepresentable);

    private static Sample Text(string text, out string? why)
    {
        why = text.Length <= MaxText ? null : $"it is a text of {text.Length} characters; at most {MaxText} can be recorded";
        return why is null ? new Sample(SampleValue.OfText(text), Quality.Good) : Sample.None(Quality.NotRepresentable);
    }
}
