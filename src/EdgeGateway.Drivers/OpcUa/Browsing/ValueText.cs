using System.Collections;
using System.Globalization;
using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.OpcUa.Browsing;

/// <summary>Values of any type as one line for people: long ones are cut, and say so.</summary>
internal static class ValueText
{
    private const int MostElements = 8;
    private const int MostCharacters = 80;

    public static string Of(Variant value)
    {
        if (value.IsNull) return "null";
        if (value.Elements is not { } elements) return OfElement(value.Content ?? Scalar(value));
        var shape = value.Content is Matrix matrix ? string.Join(" x ", matrix.Dimensions) : elements.Length.ToString(CultureInfo.InvariantCulture);
        var shown = ((IEnumerable)elements).Cast<object?>().Take(MostElements).Select(OfElement);
        return $"[{string.Join(", ", shown)}{(elements.Length > MostElements ? ", …" : "")}] ({shape})";
    }

    private static object? Scalar(Variant value) => value.Type switch
    {
        BuiltInType.Boolean => value.Bits != 0,
        BuiltInType.Float => value.AsFloat,
        BuiltInType.Double => value.AsDouble,
        BuiltInType.UInt64 => (ulong)value.Bits,
        BuiltInType.DateTime => new OpcUaTime(value.Bits),
        BuiltInType.StatusCode => new StatusCode((uint)value.Bits),
        BuiltInType.String or BuiltInType.XmlElement or BuiltInType.ByteString or BuiltInType.ExtensionObject => null,
        _ => value.Bits,
    };

    private static string OfElement(object? element) => element switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => Quoted(text),
        LocalizedText text => Quoted(text.Text ?? ""),
        Variant inner => inner.IsArray ? "[…]" : Of(inner),
        ExtensionObject structure => $"structure {Printable.Text(structure.TypeId.ToString())} of {structure.Body.Length} bytes",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Cut(Printable.Text(element.ToString())),
    };

    private static string Quoted(string text) => $"\"{Cut(Printable.Text(text))}\"";

    private static string Cut(string text) => text.Length > MostCharacters ? $"{text[..MostCharacters]}…" : text;
}
