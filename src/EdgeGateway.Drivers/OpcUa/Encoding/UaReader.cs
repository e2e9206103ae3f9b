using System.Buffers.Binary;

namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>Decodes one value of <typeparamref name="T"/> where the reader stands.</summary>
internal delegate T Decode<out T>(ref UaReader reader);

/// <summary>Decodes the body of a structure of this type; <paramref name="body"/> cannot leave it.</summary>
internal delegate T DecodeBody<out T>(NodeId typeId, ref UaReader body);

/// <summary>
/// Reads the binary encoding (OPC 10000-6, 5.2) from one message. Whatever the bytes are, it ends in a value or in an
/// <see cref="OpcUaException"/>, and allocates no more than <see cref="DecodeLimits"/> allow.
/// </summary>
/// <param name="bytes">The message or a part of it.</param>
/// <param name="limits">What it may cost.</param>
internal ref struct UaReader(ReadOnlySpan<byte> bytes, DecodeLimits limits)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;
    private int _depth;
    private int _elements;

    public readonly int Position => _at;

    public readonly int Left => _bytes.Length - _at;

    public readonly DecodeLimits Limits => limits;

    /// <summary>The next bytes as they are; the span lives as long as the message.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Left) throw OpcUaException.Malformed($"the message ends at byte {_bytes.Length}: {count} bytes expected at {_at}");
        var taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }

    public byte ReadByte() => Take(1)[0];

    /// <summary>Any byte but 0 is true.</summary>
    public bool ReadBoolean() => ReadByte() != 0;

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public Guid ReadGuid() => new(Take(16));

    public StatusCode ReadStatus() => new(ReadUInt32());

    public OpcUaTime ReadTime() => new(ReadInt64());

    /// <summary>Text; bytes that are no UTF-8 become U+FFFD.</summary>
    public string? ReadString() => ReadBlock(out var block) ? System.Text.Encoding.UTF8.GetString(block) : null;

    public ByteString ReadByteString() => ReadBlock(out var block) ? block.ToArray() : null;

    /// <summary>The bytes of a string or byte string without a copy.</summary>
    /// <returns>False for null.</returns>
    public bool ReadBlock(out ReadOnlySpan<byte> block)
    {
        block = default;
        var length = ReadInt32();
        if (length < 0) return false;
        if (length > limits.MaxStringBytes) throw OpcUaException.TooLarge($"a string of {length} bytes: at most {limits.MaxStringBytes} are taken");
        block = Take(length);
        return true;
    }

    public QualifiedName ReadQualifiedName() => new(ReadUInt16(), ReadString());

    public LocalizedText ReadLocalizedText()
    {
        var mask = ReadByte();
        if (mask > 3) throw OpcUaException.Malformed($"localized text with mask 0x{mask:X2}");
        return new((mask & 1) != 0 ? ReadString() : null, (mask & 2) != 0 ? ReadString() : null);
    }

    public NodeId ReadNodeId() => ReadNodeId(ReadByte());

    public ExpandedNodeId ReadExpandedNodeId()
    {
        var form = ReadByte();
        var nodeId = ReadNodeId((byte)(form & 0x3F));
        var uri = (form & 0x80) != 0 ? ReadString() : null;
        return new ExpandedNodeId(nodeId, uri, (form & 0x40) != 0 ? ReadUInt32() : 0);
    }

    /// <summary>The length of an array, -1 for null; checked against what is left and against the limit before anything is allocated.</summary>
    /// <param name="leastBytes">The fewest bytes that one element takes.</param>
    public int ReadLength(int leastBytes)
    {
        var length = ReadInt32();
        if (length < 0) return -1;
        if ((long)length * leastBytes > Left) throw OpcUaException.Malformed($"an array of {length} elements in {Left} bytes");
        _elements += length; // cannot overflow: each summand is at most what the message has left, and the limit stops the sum
        if (_elements > limits.MaxElements) throw OpcUaException.TooLarge($"more than {limits.MaxElements} array elements in one message");
        return length;
    }

    /// <summary>An array; null becomes empty.</summary>
    public T[] ReadArray<T>(int leastBytes, Decode<T> decode) => ReadArrayOrNull(leastBytes, decode) ?? [];

    public T[]? ReadArrayOrNull<T>(int leastBytes, Decode<T> decode)
    {
        var length = ReadLength(leastBytes);
        if (length < 0) return null;
        if (length == 0) return [];
        var elements = new T[length];
        for (var i = 0; i < length; i++) elements[i] = decode(ref this);
        return elements;
    }

    public ExtensionObject ReadExtensionObject()
    {
        var typeId = ReadExpandedNodeId().NodeId;
        var encoding = ReadBodyEncoding();
        return new ExtensionObject(typeId, encoding, encoding == BodyEncoding.None ? default : ReadByteString());
    }

    /// <summary>
    /// Reads an extension object in place. What its arrays hold counts as the message's own. An object of a newer version may have more in it than the
    /// decoder takes.
    /// </summary>
    /// <returns>What was decoded; the default value if it has no binary body: it has been read past all the same.</returns>
    public T? ReadStructure<T>(DecodeBody<T> decode)
    {
        var typeId = ReadExpandedNodeId().NodeId;
        var encoding = ReadBodyEncoding();
        if (encoding == BodyEncoding.None) return default;
        if (!ReadBlockUnlimited(out var block) || encoding != BodyEncoding.Binary) return default;
        if (_depth >= limits.MaxDepth) throw TooDeep();
        var body = new UaReader(block, limits) { _depth = _depth + 1, _elements = _elements };
        var decoded = decode(typeId, ref body);
        _elements = body._elements;
        return decoded;
    }

    public DataValue ReadDataValue()
    {
        Enter();
        var mask = ReadByte();
        if (mask > 0x3F) throw OpcUaException.Malformed($"a data value with mask 0x{mask:X2}");
        var value = (mask & 1) != 0 ? ReadVariant() : default;
        var status = (mask & 2) != 0 ? ReadStatus() : StatusCodes.Good;
        var sourceTime = (mask & 4) != 0 ? ReadTime() : default;
        var sourcePicoseconds = (mask & 0x10) != 0 ? ReadUInt16() : (ushort)0;
        var serverTime = (mask & 8) != 0 ? ReadTime() : default;
        var serverPicoseconds = (mask & 0x20) != 0 ? ReadUInt16() : (ushort)0;
        _depth--;
        return new DataValue(value, status, sourceTime, serverTime, sourcePicoseconds, serverPicoseconds);
    }

    public DiagnosticInfo ReadDiagnosticInfo()
    {
        Enter();
        var mask = ReadByte();
        if (mask > 0x7F) throw OpcUaException.Malformed($"diagnostic info with mask 0x{mask:X2}");
        var info = new DiagnosticInfo
        {
            SymbolicId = (mask & 1) != 0 ? ReadInt32() : null,
            NamespaceUri = (mask & 2) != 0 ? ReadInt32() : null,
            Locale = (mask & 8) != 0 ? ReadInt32() : null,
            LocalizedText = (mask & 4) != 0 ? ReadInt32() : null,
            AdditionalInfo = (mask & 0x10) != 0 ? ReadString() : null,
            InnerStatusCode = (mask & 0x20) != 0 ? ReadStatus() : null,
            Inner = (mask & 0x40) != 0 ? ReadDiagnosticInfo() : null,
        };
        _depth--;
        return info;
    }

    public Variant ReadVariant()
    {
        Enter();
        var mask = ReadByte();
        var type = (BuiltInType)(mask & 0x3F);
        if (type is > BuiltInType.DiagnosticInfo and <= (BuiltInType)31) type = BuiltInType.ByteString; // reserved: OPC 10000-6, 5.2.2.16
        if (type > (BuiltInType)31) throw OpcUaException.Malformed($"a variant of type {(byte)type}");
        var value = (mask & 0xC0) switch
        {
            0 => ReadScalar(type),
            0x80 => Variant.Of(type, ReadElements(type) ?? Array.Empty<object>()),
            0xC0 => ReadMatrix(type),
            _ => throw OpcUaException.Malformed("a variant with dimensions that is no array"),
        };
        _depth--;
        return value;
    }

    /// <summary>A value of a known type, as it stands in a structure: without a header of its own.</summary>
    public Variant ReadBuiltIn(BuiltInType type) => type == BuiltInType.Variant ? ReadVariant() : ReadScalar(type);

    private NodeId ReadNodeId(byte form) => form switch
    {
        0 => new NodeId(ReadByte()),
        1 => ReadFourByteNodeId(),
        2 => ReadNumericNodeId(),
        3 => ReadTextNodeId(),
        4 => ReadUniqueNodeId(),
        5 => ReadOpaqueNodeId(),
        _ => throw OpcUaException.Malformed($"a node id of form 0x{form:X2}"),
    };

    private NodeId ReadFourByteNodeId()
    {
        var index = ReadByte();
        return new NodeId(ReadUInt16(), index);
    }

    private NodeId ReadNumericNodeId()
    {
        var index = ReadUInt16();
        return new NodeId(ReadUInt32(), index);
    }

    private NodeId ReadTextNodeId()
    {
        var index = ReadUInt16();
        return new NodeId(ReadString(), index);
    }

    private NodeId ReadUniqueNodeId()
    {
        var index = ReadUInt16();
        return new NodeId(ReadGuid(), index);
    }

    private NodeId ReadOpaqueNodeId()
    {
        var index = ReadUInt16();
        return new NodeId(ReadByteString(), index);
    }

    private BodyEncoding ReadBodyEncoding()
    {
        var encoding = ReadByte();
        return encoding <= 2 ? (BodyEncoding)encoding : throw OpcUaException.Malformed($"an extension object with encoding {encoding}");
    }

    // A body that is decoded in place is bounded by its message; only copies need the limit of strings.
    private bool ReadBlockUnlimited(out ReadOnlySpan<byte> block)
    {
        var length = ReadInt32();
        block = length < 0 ? default : Take(length);
        return length >= 0;
    }

    private Variant ReadScalar(BuiltInType type) => type switch
    {
        BuiltInType.Null => default,
        BuiltInType.Boolean => Variant.OfBits(type, ReadBoolean() ? 1 : 0),
        BuiltInType.SByte => Variant.OfBits(type, (sbyte)ReadByte()),
        BuiltInType.Byte => Variant.OfBits(type, ReadByte()),
        BuiltInType.Int16 => Variant.OfBits(type, (short)ReadUInt16()),
        BuiltInType.UInt16 => Variant.OfBits(type, ReadUInt16()),
        BuiltInType.Int32 => Variant.OfBits(type, ReadInt32()),
        BuiltInType.UInt32 or BuiltInType.StatusCode => Variant.OfBits(type, ReadUInt32()),
        BuiltInType.Int64 or BuiltInType.UInt64 or BuiltInType.DateTime => Variant.OfBits(type, ReadInt64()),
        BuiltInType.Float => Variant.OfBits(type, ReadInt32()),
        BuiltInType.Double => Variant.OfBits(type, ReadInt64()),
        BuiltInType.String or BuiltInType.XmlElement => Variant.Of(type, ReadString()),
        BuiltInType.Guid => Variant.Of(type, ReadGuid()),
        BuiltInType.ByteString => Variant.Of(type, ReadByteString()),
        BuiltInType.NodeId => Variant.Of(type, ReadNodeId()),
        BuiltInType.ExpandedNodeId => Variant.Of(type, ReadExpandedNodeId()),
        BuiltInType.QualifiedName => Variant.Of(type, ReadQualifiedName()),
        BuiltInType.LocalizedText => Variant.Of(type, ReadLocalizedText()),
        BuiltInType.ExtensionObject => Variant.Of(type, ReadExtensionObject()),
        BuiltInType.DataValue => Variant.Of(type, ReadDataValue()),
        BuiltInType.DiagnosticInfo => Variant.Of(type, ReadDiagnosticInfo()),
        _ => throw OpcUaException.Malformed("a variant directly in a variant"), // only arrays of variants may be in one: 5.2.2.16
    };

    private Array? ReadElements(BuiltInType type) => type switch
    {
        BuiltInType.Boolean => ReadArrayOrNull(1, static (ref UaReader reader) => reader.ReadBoolean()),
        BuiltInType.SByte => ReadArrayOrNull(1, static (ref UaReader reader) => (sbyte)reader.ReadByte()),
        BuiltInType.Byte => ReadArrayOrNull(1, static (ref UaReader reader) => reader.ReadByte()),
        BuiltInType.Int16 => ReadArrayOrNull(2, static (ref UaReader reader) => (short)reader.ReadUInt16()),
        BuiltInType.UInt16 => ReadArrayOrNull(2, static (ref UaReader reader) => reader.ReadUInt16()),
        BuiltInType.Int32 => ReadArrayOrNull(4, static (ref UaReader reader) => reader.ReadInt32()),
        BuiltInType.UInt32 => ReadArrayOrNull(4, static (ref UaReader reader) => reader.ReadUInt32()),
        BuiltInType.Int64 => ReadArrayOrNull(8, static (ref UaReader reader) => reader.ReadInt64()),
        BuiltInType.UInt64 => ReadArrayOrNull(8, static (ref UaReader reader) => (ulong)reader.ReadInt64()),
        BuiltInType.Float => ReadArrayOrNull(4, static (ref UaReader reader) => reader.ReadFloat()),
        BuiltInType.Double => ReadArrayOrNull(8, static (ref UaReader reader) => reader.ReadDouble()),
        BuiltInType.String or BuiltInType.XmlElement => ReadArrayOrNull(4, static (ref UaReader reader) => reader.ReadString()),
        BuiltInType.DateTime => ReadArrayOrNull(8, static (ref UaReader reader) => reader.ReadTime()),
        BuiltInType.Guid => ReadArrayOrNull(16, static (ref UaReader reader) => reader.ReadGuid()),
        BuiltInType.ByteString => ReadArrayOrNull(4, static (ref UaReader reader) => reader.ReadByteString()),
        BuiltInType.NodeId => ReadArrayOrNull(2, static (ref UaReader reader) => reader.ReadNodeId()),
        BuiltInType.ExpandedNodeId => ReadArrayOrNull(2, static (ref UaReader reader) => reader.ReadExpandedNodeId()),
        BuiltInType.StatusCode => ReadArrayOrNull(4, static (ref UaReader reader) => reader.ReadStatus()),
        BuiltInType.QualifiedName => ReadArrayOrNull(6, static (ref UaReader reader) => reader.ReadQualifiedName()),
        BuiltInType.LocalizedText => ReadArrayOrNull(1, static (ref UaReader reader) => reader.ReadLocalizedText()),
        BuiltInType.ExtensionObject => ReadArrayOrNull(3, static (ref UaReader reader) => reader.ReadExtensionObject()),
        BuiltInType.DataValue => ReadArrayOrNull(1, static (ref UaReader reader) => reader.ReadDataValue()),
        BuiltInType.Variant => ReadArrayOrNull(1, static (ref UaReader reader) => reader.ReadVariant()),
        BuiltInType.DiagnosticInfo => ReadArrayOrNull(1, static (ref UaReader reader) => reader.ReadDiagnosticInfo()),
        _ => throw OpcUaException.Malformed("an array of nothing"),
    };

    private Variant ReadMatrix(BuiltInType type)
    {
        var elements = ReadElements(type) ?? Array.Empty<object>();
        var dimensions = ReadArray(4, static (ref UaReader reader) => reader.ReadInt32());
        if (dimensions.Length == 0) return Variant.Of(type, elements);
        long product = 1;
        foreach (var dimension in dimensions)
        {
            // Both factors stay at or below the number of elements, so the product cannot overflow.
            if (dimension < 0 || dimension > elements.Length) throw WrongDimensions(dimensions, elements.Length);
            product *= dimension;
            if (product > elements.Length) throw WrongDimensions(dimensions, elements.Length);
        }
        if (product != elements.Length) throw WrongDimensions(dimensions, elements.Length);
        return Variant.Of(type, dimensions.Length == 1 ? elements : new Matrix(elements, dimensions));
    }

    private static OpcUaException WrongDimensions(int[] dimensions, int length) =>
        OpcUaException.Malformed($"a matrix of {string.Join('x', dimensions.Take(8))} with {length} elements");

    private void Enter()
    {
        if (++_depth > limits.MaxDepth) throw TooDeep();
    }

    private readonly OpcUaException TooDeep() => OpcUaException.TooLarge($"values nested deeper than {limits.MaxDepth}");
}
