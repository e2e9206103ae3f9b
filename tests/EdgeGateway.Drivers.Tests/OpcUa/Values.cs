using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>Values of every type, made from a seed.</summary>
internal sealed class Values(int seed)
{
    private readonly Random _random = new(seed);

    public Variant Variant(int depth = 3)
    {
        var type = (BuiltInType)_random.Next(depth > 0 ? 26 : 23);
        if (type == BuiltInType.Null) return default;
        if (type != BuiltInType.Variant && _random.Next(3) > 0) return Scalar(type, depth - 1);
        var elements = Elements(type, _random.Next(5) * 2, depth - 1);
        return Drivers.OpcUa.Encoding.Variant.Of(type, elements.Length > 0 && _random.Next(2) == 0 ? new Matrix(elements, [elements.Length / 2, 2]) : elements);
    }

    public Variant Scalar(BuiltInType type, int depth) => type switch
    {
        BuiltInType.Boolean => Bits(type, _random.Next(2)),
        BuiltInType.SByte => Bits(type, (sbyte)_random.Next()),
        BuiltInType.Byte => Bits(type, (byte)_random.Next()),
        BuiltInType.Int16 => Bits(type, (short)_random.Next()),
        BuiltInType.UInt16 => Bits(type, (ushort)_random.Next()),
        BuiltInType.Int32 => Bits(type, (int)_random.NextInt64()),
        BuiltInType.UInt32 or BuiltInType.StatusCode => Bits(type, (uint)_random.NextInt64()),
        BuiltInType.Float => Drivers.OpcUa.Encoding.Variant.OfFloat(_random.NextSingle()),
        BuiltInType.Int64 or BuiltInType.UInt64 or BuiltInType.DateTime or BuiltInType.Double => Bits(type, _random.NextInt64(long.MinValue, long.MaxValue)),
        _ => Drivers.OpcUa.Encoding.Variant.Of(type, Object(type, depth)),
    };

    public DataValue DataValue(int depth) => new(Variant(depth), new((uint)_random.Next(3) << 30), new(_random.Next(2) * 1234567L), new(_random.Next(2) * 99L),
        (ushort)_random.Next(2), (ushort)_random.Next(2));

    private static Variant Bits(BuiltInType type, long bits) => Drivers.OpcUa.Encoding.Variant.OfBits(type, bits);

    private object? Object(BuiltInType type, int depth) => type switch
    {
        BuiltInType.String or BuiltInType.XmlElement => Text(),
        BuiltInType.Guid => Unique(),
        BuiltInType.ByteString => Bytes(),
        BuiltInType.NodeId => NodeId(),
        BuiltInType.ExpandedNodeId => new ExpandedNodeId(NodeId(), Text(), (uint)_random.Next(3)),
        BuiltInType.QualifiedName => new QualifiedName((ushort)_random.Next(), Text()),
        BuiltInType.LocalizedText => new LocalizedText(Text(), Text()),
        BuiltInType.ExtensionObject => new ExtensionObject(NodeId(), BodyEncoding.Binary, Bytes()),
        BuiltInType.DataValue => DataValue(depth),
        _ => Diagnostic(depth),
    };

    private Array Elements(BuiltInType type, int count, int depth) => type switch
    {
        BuiltInType.Boolean => Make(count, () => _random.Next(2) == 1),
        BuiltInType.SByte => Make(count, () => (sbyte)_random.Next()),
        BuiltInType.Byte => Make(count, () => (byte)_random.Next()),
        BuiltInType.Int16 => Make(count, () => (short)_random.Next()),
        BuiltInType.UInt16 => Make(count, () => (ushort)_random.Next()),
        BuiltInType.Int32 => Make(count, () => (int)_random.NextInt64()),
        BuiltInType.UInt32 => Make(count, () => (uint)_random.NextInt64()),
        BuiltInType.Int64 => Make(count, () => _random.NextInt64()),
        BuiltInType.UInt64 => Make(count, () => (ulong)_random.NextInt64()),
        BuiltInType.Float => Make(count, _random.NextSingle),
        BuiltInType.Double => Make(count, _random.NextDouble),
        BuiltInType.DateTime => Make(count, () => new OpcUaTime(_random.NextInt64())),
        BuiltInType.Guid => Make(count, Unique),
        BuiltInType.StatusCode => Make(count, () => new StatusCode((uint)_random.NextInt64())),
        BuiltInType.ByteString => Make(count, Bytes),
        BuiltInType.String or BuiltInType.XmlElement => Make(count, Text),
        BuiltInType.NodeId => Make(count, NodeId),
        BuiltInType.ExpandedNodeId => Make(count, () => new ExpandedNodeId(NodeId(), Text(), 1)),
        BuiltInType.QualifiedName => Make(count, () => new QualifiedName(7, Text())),
        BuiltInType.LocalizedText => Make(count, () => new LocalizedText(Text(), Text())),
        BuiltInType.ExtensionObject => Make(count, () => new ExtensionObject(NodeId(), BodyEncoding.Xml, Bytes())),
        BuiltInType.DataValue => Make(count, () => DataValue(depth)),
        BuiltInType.Variant => Make(count, () => Variant(depth)),
        _ => Make(count, () => Diagnostic(depth)),
    };

    private static T[] Make<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    private string? Text() => _random.Next(4) switch { 0 => null, 1 => "", 2 => "水Boy", _ => new string('x', _random.Next(40)) };

    private Guid Unique()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private ByteString Bytes()
    {
        if (_random.Next(5) == 0) return null;
        var bytes = new byte[_random.Next(20)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private NodeId NodeId() => _random.Next(6) switch
    {
        0 => new((uint)_random.Next(256)),
        1 => new((uint)_random.Next(65536), (ushort)_random.Next(256)),
        2 => new((uint)_random.NextInt64(), (ushort)_random.Next(65536)),
        3 => new(Text(), (ushort)_random.Next(65536)),
        4 => new(Unique(), 3),
        _ => new(Bytes(), 4),
    };

    private DiagnosticInfo Diagnostic(int depth) => new()
    {
        SymbolicId = _random.Next(2) == 0 ? null : 5,
        NamespaceUri = _random.Next(2) == 0 ? null : 6,
        Locale = _random.Next(2) == 0 ? null : 7,
        LocalizedText = _random.Next(2) == 0 ? null : 8,
        AdditionalInfo = _random.Next(2) == 0 ? null : "more",
        InnerStatusCode = _random.Next(2) == 0 ? null : StatusCodes.BadTimeout,
        Inner = depth > 0 && _random.Next(2) == 0 ? Diagnostic(depth - 1) : null,
    };
}
