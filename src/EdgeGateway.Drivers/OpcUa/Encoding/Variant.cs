using System.Collections;

namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>A value of any built-in type, an array or a matrix of one. Scalars that fit 64 bits cost no allocation.</summary>
internal readonly struct Variant : IEquatable<Variant>
{
    private readonly long _bits;

    private Variant(BuiltInType type, long bits, object? content)
    {
        Type = type;
        _bits = bits;
        Content = content;
    }

    /// <summary>The type of the value, or of the elements.</summary>
    public BuiltInType Type { get; }

    /// <summary>
    /// The value where it does not fit 64 bits: text, node ids and so on, an <see cref="Array"/> of the type, or a <see cref="Matrix"/>.
    /// </summary>
    public object? Content { get; }

    /// <summary>An array or a matrix.</summary>
    public bool IsArray => Content is Matrix or Array;

    public bool IsNull => Type == BuiltInType.Null;

    /// <summary>The value of the whole-number types, of a boolean (0 or 1), a status or a time (ticks); an unsigned 64-bit one by its bits.</summary>
    public long Bits => _bits;

    public float AsFloat => BitConverter.Int32BitsToSingle((int)_bits);

    public double AsDouble => BitConverter.Int64BitsToDouble(_bits);

    public string? AsText => Content as string;

    /// <summary>A scalar of a type whose values fit 64 bits.</summary>
    public static Variant OfBits(BuiltInType type, long bits) => new(type, bits, null);

    public static Variant OfFloat(float value) => new(BuiltInType.Float, BitConverter.SingleToInt32Bits(value), null);

    public static Variant OfDouble(double value) => new(BuiltInType.Double, BitConverter.DoubleToInt64Bits(value), null);

    public static Variant OfText(string? value) => new(BuiltInType.String, 0, value);

    /// <summary>Any value of <paramref name="type"/> that needs an object; the caller answers for the object's type.</summary>
    public static Variant Of(BuiltInType type, object? content) => new(type, 0, content);

    /// <summary>The elements of an array or matrix, or null for a scalar.</summary>
    public Array? Elements => Content is Matrix matrix ? matrix.Elements : Content as Array;

    public bool Equals(Variant other) => Type == other.Type && _bits == other._bits && SameContent(Content, other.Content);

    public override bool Equals(object? obj) => obj is Variant other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Type, _bits, Elements?.Length ?? Content?.GetHashCode() ?? 0);

    public static bool operator ==(Variant left, Variant right) => left.Equals(right);

    public static bool operator !=(Variant left, Variant right) => !left.Equals(right);

    private static bool SameContent(object? left, object? right) => (left, right) switch
    {
        (Matrix a, Matrix b) => a.Dimensions.AsSpan().SequenceEqual(b.Dimensions) && SameContent(a.Elements, b.Elements),
        (Array a, Array b) => ((IStructuralEquatable)a).Equals(b, EqualityComparer<object>.Default),
        _ => Equals(left, right),
    };
}
