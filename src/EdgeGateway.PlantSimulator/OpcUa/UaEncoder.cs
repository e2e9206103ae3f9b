using System.Buffers.Binary;
using System.Text;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>Writes the binary encoding (OPC 10000-6, 5.2) into a buffer that grows up to a limit.</summary>
/// <param name="most">Bytes.</param>
internal sealed class UaEncoder(int most)
{
    private byte[] _bytes = new byte[Math.Min(most, 512)];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void WriteByte(byte value) => Take(1)[0] = value;

    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8), value);

    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void WriteString(string? text)
    {
        WriteInt32(text is null ? -1 : Encoding.UTF8.GetByteCount(text));
        if (text is not null) Encoding.UTF8.GetBytes(text, Take(Encoding.UTF8.GetByteCount(text)));
    }

    public void WriteBytes(byte[]? bytes)
    {
        WriteInt32(bytes is null ? -1 : bytes.Length);
        if (bytes is not null) WriteRaw(bytes);
    }

    public void WriteLocalized(string? text)
    {
        WriteByte(text is null ? (byte)0 : (byte)2);
        if (text is not null) WriteString(text);
    }

    public void WriteQualified(ushort index, string? name)
    {
        WriteUInt16(index);
        WriteString(name);
    }

    public void WriteNodeId(NodeKey key)
    {
        switch (key.Kind)
        {
            case 'i' when key is { Namespace: 0, Number: <= byte.MaxValue }:
                WriteByte(0);
                WriteByte((byte)key.Number);
                break;
            case 'i' when key is { Namespace: <= byte.MaxValue, Number: <= ushort.MaxValue }:
                WriteByte(1);
                WriteByte((byte)key.Namespace);
                WriteUInt16((ushort)key.Number);
                break;
            case 'i':
                WriteByte(2);
                WriteUInt16(key.Namespace);
                WriteUInt32(key.Number);
                break;
            case 's':
                WriteByte(3);
                WriteUInt16(key.Namespace);
                WriteString(key.Text);
                break;
            case 'g':
                WriteByte(4);
                WriteUInt16(key.Namespace);
                WriteRaw(Guid.Parse(key.Text).ToByteArray());
                break;
            default:
                WriteByte(5);
                WriteUInt16(key.Namespace);
                WriteBytes(Convert.FromBase64String(key.Text));
                break;
        }
    }

    /// <summary>A count, and each of the elements.</summary>
    public void WriteAll<T>(IReadOnlyCollection<T> all, Action<T> write)
    {
        WriteInt32(all.Count);
        foreach (var one in all) write(one);
    }

    /// <summary>No diagnostics: an empty list.</summary>
    public void WriteNoDiagnostics() => WriteInt32(-1);

    /// <summary>A structure with its type in front and its length.</summary>
    public void WriteStructure(uint encodingId, ReadOnlySpan<byte> body)
    {
        WriteNodeId(NodeKey.Of(encodingId));
        WriteByte(1);
        WriteInt32(body.Length);
        WriteRaw(body);
    }

    public void WriteVariant(UaValue value)
    {
        WriteByte((byte)((byte)value.Type | (value.IsList ? 0x80 : 0)));
        if (value.Content is object[] elements) WriteAll(elements, element => WriteScalar(value.Type, element));
        else WriteScalar(value.Type, value.Content);
    }

    private void WriteScalar(UaType type, object? content)
    {
        switch (content)
        {
            case bool flag: WriteBoolean(flag); break;
            case sbyte number: WriteByte((byte)number); break;
            case byte number: WriteByte(number); break;
            case short number: WriteUInt16((ushort)number); break;
            case ushort number: WriteUInt16(number); break;
            case int number: WriteInt32(number); break;
            case uint number: WriteUInt32(number); break;
            case long number: WriteInt64(number); break;
            case ulong number: WriteInt64((long)number); break;
            case float number: WriteUInt32(BitConverter.SingleToUInt32Bits(number)); break;
            case double number: WriteDouble(number); break;
            case string text when type == UaType.LocalizedText: WriteLocalized(text); break;
            case string text: WriteString(text); break;
            case NodeKey key: WriteNodeId(key); break;
            case (ushort index, string name): WriteQualified(index, name); break;
            case (uint encodingId, byte[] body): WriteStructure(encodingId, body); break;
            case null when type == UaType.Null: break;
            default: throw new ArgumentException($"{content} as {type}: not a value this server can send", nameof(content));
        }
    }

    private Span<byte> Take(int count)
    {
        if (count > most - Length) throw new UaFault(UaStatus.BadResponseTooLarge, $"more than {most} bytes");
        if (Length + count > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(most, Math.Max(Length + count, 2L * _bytes.Length)));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }
}
