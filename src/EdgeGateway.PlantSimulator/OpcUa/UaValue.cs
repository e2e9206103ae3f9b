using System.Globalization;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A value of one of the built-in types, or a list of them.</summary>
/// <param name="Type">The type; <see cref="UaType.Null"/> for no value.</param>
/// <param name="Content">In the type of the same name; a time as file time, a status as UInt32, a text of either kind as string, a list as an array of these.</param>
internal readonly record struct UaValue(UaType Type, object? Content)
{
    public static UaValue None { get; } = new(UaType.Null, null);

    public bool IsList => Content is object[];

    /// <summary>The number, for deadbands; null for what is none.</summary>
    public double? Number => Type is >= UaType.SByte and <= UaType.Double && !IsList ? Convert.ToDouble(Content, CultureInfo.InvariantCulture) : null;

    public static UaValue Of(string text) => new(UaType.String, text);

    public static UaValue Of(uint number) => new(UaType.UInt32, number);

    public static UaValue Of(bool flag) => new(UaType.Boolean, flag);

    public static UaValue OfTime(long fileTime) => new(UaType.DateTime, fileTime);

    public static UaValue OfList(UaType type, IEnumerable<object> elements) => new(type, elements.ToArray());

    /// <summary>A structure of the standard.</summary>
    /// <param name="encodingId">The id of its binary encoding.</param>
    /// <param name="write">Writes its fields.</param>
    public static UaValue OfStructure(uint encodingId, Action<UaEncoder> write)
    {
        var body = new UaEncoder(4096);
        write(body);
        return new(UaType.ExtensionObject, (encodingId, body.Written.ToArray()));
    }
}
