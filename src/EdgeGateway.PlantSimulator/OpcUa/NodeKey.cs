using System.Globalization;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A node id.</summary>
/// <param name="Namespace">Its index.</param>
/// <param name="Kind"><c>i</c> a number, <c>s</c> a text, <c>g</c> a GUID, <c>b</c> opaque bytes.</param>
/// <param name="Number">Of a number.</param>
/// <param name="Text">Of the others: the text, the GUID with hyphens, the bytes in base64.</param>
internal readonly record struct NodeKey(ushort Namespace, char Kind, uint Number, string Text)
{
    public static NodeKey Null { get; } = Of(0);

    public bool IsNull => Namespace == 0 && Kind == 'i' && Number == 0;

    /// <summary>A node of the standard.</summary>
    public static NodeKey Of(uint number) => new(0, 'i', number, "");

    public static NodeKey Of(ushort index, string text) => new(index, 's', 0, text);

    public static NodeKey OfBytes(byte[] bytes) => new(1, 'b', 0, Convert.ToBase64String(bytes));

    /// <summary>Reads <c>i=…</c>, <c>s=…</c>, <c>g=…</c> or <c>b=…</c>.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static NodeKey Parse(ushort index, string identifier)
    {
        var text = identifier.Length > 2 && identifier[1] == '=' ? identifier[2..] : throw new FormatException($"{identifier}: expected i=, s=, g= or b=");
        return identifier[0] switch
        {
            'i' => new(index, 'i', uint.Parse(text, CultureInfo.InvariantCulture), ""),
            's' => Of(index, text),
            'g' => new(index, 'g', 0, Guid.Parse(text).ToString("D")),
            'b' => new(index, 'b', 0, Convert.ToBase64String(Convert.FromBase64String(text))),
            _ => throw new FormatException($"{identifier}: expected i=, s=, g= or b="),
        };
    }

    public override string ToString() => $"ns={Namespace};{Kind}={(Kind == 'i' ? Number.ToString(CultureInfo.InvariantCulture) : Text)}";
}
