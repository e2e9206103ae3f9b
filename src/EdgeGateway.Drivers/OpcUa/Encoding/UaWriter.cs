using System.Buffers.Binary;

namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>Writes the binary encoding (OPC 10000-6, 5.2) into a buffer that is used again for the next message. Not thread-safe.</summary>
/// <param name="maxBytes">The longest message that may be written.</param>
internal sealed class UaWriter(int maxBytes)
{
    private byte[] _bytes = new byte[1024];
    private int _count;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _count);

    /// <summary>Forgets what was written.</summary>
    public void Clear() => _count = 0;

    public void WriteByte(byte value) => Next(1)[0] = value;

    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Next(2), value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Next(4), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Next(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(8), value);

    public void WriteFloat(float value) => BinaryPrimitives.WriteSingleLittleEndian(Next(4), value);

    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Next(8), value);

    public void WriteGuid(Guid value) => value.TryWriteBytes(Next(16));

    public void WriteStatus(StatusCode value) => WriteUInt32(value.Value);

    public void WriteTime(OpcUaTime value) => WriteInt64(value.Ticks);

    /// <summary>Bytes without a length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Next(bytes.Length));

    public void WriteString(string? value)
    {
        if (value is null)
        {
            WriteInt32(-1);
            return;
        }
        var length = System.Text.Encoding.UTF8.GetByteCount(value);
        WriteInt32(length);
        System.Text.Encoding.UTF8.GetBytes(value, Next(length));
    }

    public void WriteByteString(ByteString value)
    {
        WriteInt32(value.IsNull ? -1 : value.Length);
        WriteRaw(value.Span);
    }

    public void WriteQualifiedName(QualifiedName value)
    {
        WriteUInt16(value.NamespaceIndex);
        WriteString(value.Name);
    }

    public void WriteLocalizedText(LocalizedText value)
    {
        WriteByte((byte)((value.Locale is null ? 0 : 1) | (value.Text is null ? 0 : 2)));
        if (value.Locale is not null) WriteString(value.Locale);
        if (value.Text is not null) WriteString(value.Text);
    }

    public void WriteNodeId(NodeId value) => WriteNodeId(value, 0);

    public void WriteExpandedNodeId(ExpandedNodeId value)
    {
        WriteNodeId(value.NodeId, (byte)((value.NamespaceUri is null ? 0 : 0x80) | (value.ServerIndex == 0 ? 0 : 0x40)));
        if (value.NamespaceUri is not null) WriteString(value.NamespaceUri);
        if (value.ServerIndex != 0) WriteUInt32(value.ServerIndex);
    }

    /// <summary>The type of a message or structure: a number in namespace 0.</summary>
    public void WriteTypeId(uint number) => WriteNodeId(new NodeId(number));

    public void WriteArray<T>(IReadOnlyCollection<T>? elements, Action<UaWriter, T> write)
    {
        WriteInt32(elements?.Count ?? -1);
        if (elements is null) return;
        foreach (var element in elements) write(this, element);
    }

    public void WriteExtensionObject(ExtensionObject value)
    {
        WriteNodeId(value.TypeId);
        WriteByte((byte)value.Encoding);
        if (value.Encoding != BodyEncoding.None) WriteByteString(value.Body);
    }

    /// <summary>An extension object of a known structure.</summary>
    public void WriteStructure<T>(uint typeId, T value, Action<UaWriter, T> write)
    {
        WriteTypeId(typeId);
        WriteByte((byte)BodyEncoding.Binary);
        var lengthAt = _count;
        WriteInt32(0);
        write(this, value);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(lengthAt), _count - lengthAt - 4);
    }

    public void WriteNoStructure() => WriteExtensionObject(ExtensionObject.Null);

    public void WriteDataValue(DataValue value)
    {
        var mask = (value.Value.IsNull ? 0 : 1) | (value.Status.Value == 0 ? 0 : 2) | (value.SourceTime.Ticks == 0 ? 0 : 4) | (value.ServerTime.Ticks == 0 ? 0 : 8)
            | (value.SourcePicoseconds == 0 ? 0 : 0x10) | (value.ServerPicoseconds == 0 ? 0 : 0x20);
        WriteByte((byte)mask);
        if ((mask & 1) != 0) WriteVariant(value.Value);
        if ((mask & 2) != 0) WriteStatus(value.Status);
        if ((mask & 4) != 0) WriteTime(value.SourceTime);
        if ((mask & 0x10) != 0) WriteUInt16(value.SourcePicoseconds);
        if ((mask & 8) != 0) WriteTime(value.ServerTime);
        if ((mask & 0x20) != 0) WriteUInt16(value.ServerPicoseconds);
    }

    public void WriteDiagnosticInfo(DiagnosticInfo value)
    {
        WriteByte((byte)((value.SymbolicId is null ? 0 : 1) | (value.NamespaceUri is null ? 0 : 2) | (value.LocalizedText is null ? 0 : 4) | (value.Locale is null ? 0 : 8)
            | (value.AdditionalInfo is null ? 0 : 0x10) | (value.InnerStatusCode is null ? 0 : 0x20) | (value.Inner is null ? 0 : 0x40)));
        if (value.SymbolicId is { } symbolicId) WriteInt32(symbolicId);
        if (value.NamespaceUri is { } namespaceUri) WriteInt32(namespaceUri);
        if (value.Locale is { } locale) WriteInt32(locale);
        if (value.LocalizedText is { } text) WriteInt32(text);
        if (value.AdditionalInfo is not null) WriteString(value.AdditionalInfo);
        if (value.InnerStatusCode is { } status) WriteStatus(status);
        if (value.Inner is not null) WriteDiagnosticInfo(value.Inner);
    }

    public void WriteVariant(Variant value)
    {
        var mask = value.Content switch { Matrix => 0xC0, Array => 0x80, _ => 0 };
        WriteByte((byte)((byte)value.Type | mask));
        if (mask == 0) WriteScalar(value);
        else WriteElements(value.Type, value.Elements!); // an array, or the elements of a matrix: both have some
        if (value.Content is Matrix matrix) WriteArray(matrix.Dimensions, static (writer, dimension) => writer.WriteInt32(dimension));
    }

    private void WriteNodeId(NodeId value, byte flags)
    {
        switch (value.Kind)
        {
            case NodeIdKind.Numeric when value.NamespaceIndex == 0 && value.Number <= byte.MaxValue:
                WriteByte(flags);
                WriteByte((byte)value.Number);
                break;
            case NodeIdKind.Numeric when value.NamespaceIndex <= byte.MaxValue && value.Number <= ushort.MaxValue:
                WriteByte((byte)(1 | flags));
                WriteByte((byte)value.NamespaceIndex);
                WriteUInt16((ushort)value.Number);
                break;
            default:
                WriteByte((byte)((byte)(value.Kind + 2) | flags));
                WriteUInt16(value.NamespaceIndex);
                WriteIdentifier(value);
                break;
        }
    }

    private void WriteIdentifier(NodeId value)
    {
        switch (value.Kind)
        {
            case NodeIdKind.Numeric: WriteUInt32(value.Number); break;
            case NodeIdKind.Text: WriteString(value.Text); break;
            case NodeIdKind.Unique: WriteGuid(value.Unique); break;
            default: WriteByteString(value.Opaque); break;
        }
    }

    private void WriteScalar(Variant value)
    {
        switch (value.Type)
        {
            case BuiltInType.Null: break;
            case BuiltInType.Boolean or BuiltInType.SByte or BuiltInType.Byte: WriteByte((byte)value.Bits); break;
            case BuiltInType.Int16 or BuiltInType.UInt16: WriteUInt16((ushort)value.Bits); break;
            case BuiltInType.Int32 or BuiltInType.Float: WriteInt32((int)value.Bits); break;
            case BuiltInType.UInt32 or BuiltInType.StatusCode: WriteUInt32((uint)value.Bits); break;
            case BuiltInType.Int64 or BuiltInType.UInt64 or BuiltInType.DateTime or BuiltInType.Double: WriteInt64(value.Bits); break;
            case BuiltInType.String or BuiltInType.XmlElement: WriteString((string?)value.Content); break;
            case BuiltInType.Guid: WriteGuid((Guid)value.Content!); break;
            case BuiltInType.ByteString: WriteByteString((ByteString)value.Content!); break;
            case BuiltInType.NodeId: WriteNodeId((NodeId)value.Content!); break;
            case BuiltInType.ExpandedNodeId: WriteExpandedNodeId((ExpandedNodeId)value.Content!); break;
            case BuiltInType.QualifiedName: WriteQualifiedName((QualifiedName)value.Content!); break;
            case BuiltInType.LocalizedText: WriteLocalizedText((LocalizedText)value.Content!); break;
            case BuiltInType.ExtensionObject: WriteExtensionObject((ExtensionObject)value.Content!); break;
            case BuiltInType.DataValue: WriteDataValue((DataValue)value.Content!); break;
            case BuiltInType.DiagnosticInfo: WriteDiagnosticInfo((DiagnosticInfo)value.Content!); break;
            default: throw new ArgumentOutOfRangeException(nameof(value), value.Type, "no scalar");
        }
    }

    private void WriteElements(BuiltInType type, Array elements)
    {
        if (elements.Length == 0)
        {
            WriteInt32(0);
            return;
        }
        switch (type)
        {
            case BuiltInType.Boolean: WriteArray((bool[])elements, static (writer, element) => writer.WriteBoolean(element)); break;
            case BuiltInType.SByte: WriteArray((sbyte[])elements, static (writer, element) => writer.WriteByte((byte)element)); break;
            case BuiltInType.Byte: WriteArray((byte[])elements, static (writer, element) => writer.WriteByte(element)); break;
            case BuiltInType.Int16: WriteArray((short[])elements, static (writer, element) => writer.WriteUInt16((ushort)element)); break;
            case BuiltInType.UInt16: WriteArray((ushort[])elements, static (writer, element) => writer.WriteUInt16(element)); break;
            case BuiltInType.Int32: WriteArray((int[])elements, static (writer, element) => writer.WriteInt32(element)); break;
            case BuiltInType.UInt32: WriteArray((uint[])elements, static (writer, element) => writer.WriteUInt32(element)); break;
            case BuiltInType.Int64: WriteArray((long[])elements, static (writer, element) => writer.WriteInt64(element)); break;
            case BuiltInType.UInt64: WriteArray((ulong[])elements, static (writer, element) => writer.WriteInt64((long)element)); break;
            case BuiltInType.Float: WriteArray((float[])elements, static (writer, element) => writer.WriteFloat(element)); break;
            case BuiltInType.Double: WriteArray((double[])elements, static (writer, element) => writer.WriteDouble(element)); break;
            case BuiltInType.String or BuiltInType.XmlElement: WriteArray((string?[])elements, static (writer, element) => writer.WriteString(element)); break;
            case BuiltInType.DateTime: WriteArray((OpcUaTime[])elements, static (writer, element) => writer.WriteTime(element)); break;
            case BuiltInType.Guid: WriteArray((Guid[])elements, static (writer, element) => writer.WriteGuid(element)); break;
            case BuiltInType.ByteString: WriteArray((ByteString[])elements, static (writer, element) => writer.WriteByteString(element)); break;
            case BuiltInType.NodeId: WriteArray((NodeId[])elements, static (writer, element) => writer.WriteNodeId(element)); break;
            case BuiltInType.ExpandedNodeId: WriteArray((ExpandedNodeId[])elements, static (writer, element) => writer.WriteExpandedNodeId(element)); break;
            case BuiltInType.StatusCode: WriteArray((StatusCode[])elements, static (writer, element) => writer.WriteStatus(element)); break;
            case BuiltInType.QualifiedName: WriteArray((QualifiedName[])elements, static (writer, element) => writer.WriteQualifiedName(element)); break;
            case BuiltInType.LocalizedText: WriteArray((LocalizedText[])elements, static (writer, element) => writer.WriteLocalizedText(element)); break;
            case BuiltInType.ExtensionObject: WriteArray((ExtensionObject[])elements, static (writer, element) => writer.WriteExtensionObject(element)); break;
            case BuiltInType.DataValue: WriteArray((DataValue[])elements, static (writer, element) => writer.WriteDataValue(element)); break;
            case BuiltInType.Variant: WriteArray((Variant[])elements, static (writer, element) => writer.WriteVariant(element)); break;
            case BuiltInType.DiagnosticInfo: WriteArray((DiagnosticInfo[])elements, static (writer, element) => writer.WriteDiagnosticInfo(element)); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, "no array type");
        }
    }

    private Span<byte> Next(int count)
    {
        var needed = (long)_count + count;
        if (needed > maxBytes) throw OpcUaException.TooLarge($"a message of more than {maxBytes} bytes");
        if (needed > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(maxBytes, Math.Max(needed, _bytes.Length * 2L)));
        var next = _bytes.AsSpan(_count, count);
        _count += count;
        return next;
    }
}
