using System.Buffers.Binary;
using System.Text;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>
/// Reads the binary encoding (OPC 10000-6, 5.2). What a request may hold has no values that nest; structures are skipped by their length, so nothing recurses.
/// Every method throws <see cref="UaFault"/> where the bytes end early or say what cannot be.
/// </summary>
internal sealed class UaDecoder(ReadOnlyMemory<byte> bytes)
{
    private const int MaxText = 64 * 1024;
    private int _at;

    public int Left => bytes.Length - _at;

    public int Position => _at;

    public byte ReadByte() => Take(1)[0];

    public bool ReadBoolean() => ReadByte() != 0;

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public string? ReadString() => ReadLength() is >= 0 and var length ? Encoding.UTF8.GetString(Take(length)) : null;

    public byte[]? ReadBytes() => ReadLength() is >= 0 and var length ? Take(length).ToArray() : null;

    public NodeKey ReadNodeId() => ReadNodeId(ReadByte());

    /// <summary>A node id with a namespace URI or another server, which this server knows neither of.</summary>
    public NodeKey ReadExpandedNodeId()
    {
        var kind = ReadByte();
        var key = ReadNodeId((byte)(kind & 0x3F));
        if ((kind & 0x80) != 0) ReadString();
        if ((kind & 0x40) != 0) ReadUInt32();
        return key;
    }

    public (ushort Index, string? Name) ReadQualified() => (ReadUInt16(), ReadString());

    public string? ReadLocalized()
    {
        var mask = ReadByte();
        if ((mask & 1) != 0) ReadString();
        return (mask & 2) != 0 ? ReadString() : null;
    }

    /// <summary>The type of a structure and its bytes; no bytes where it has none.</summary>
    public (NodeKey Type, UaDecoder? Body) ReadStructure()
    {
        var type = ReadNodeId();
        switch (ReadByte())
        {
            case 0: return (type, null);
            case 1 or 2:
                var length = ReadLength();
                if (length < 0) return (type, null);
                Take(length);
                return (type, new UaDecoder(bytes.Slice(_at - length, length)));
            case var other: throw new UaFault(UaStatus.BadDecodingError, $"a structure encoded as {other}");
        }
    }

    /// <summary>How many elements follow, checked against the bytes that are left before anything is made for them.</summary>
    /// <param name="least">The fewest bytes of one element.</param>
    public int ReadCount(int least)
    {
        var count = ReadInt32();
        if (count > Left / least) throw new UaFault(UaStatus.BadDecodingError, $"{count} elements in {Left} bytes");
        return Math.Max(0, count);
    }

    /// <summary>The list of what a service shall do.</summary>
    /// <param name="most">The limit of this server.</param>
    /// <param name="least">The fewest bytes of one element.</param>
    /// <param name="read">Reads one.</param>
    public T[] ReadOperations<T>(uint most, int least, Func<T> read)
    {
        var count = ReadCount(least);
        if (count == 0) throw new UaFault(UaStatus.BadNothingToDo, "an empty list");
        if (count > most) throw new UaFault(UaStatus.BadTooManyOperations, $"{count} operations, at most {most}");
        var all = new T[count];
        for (var i = 0; i < count; i++) all[i] = read();
        return all;
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Left) throw new UaFault(UaStatus.BadDecodingError, $"{count} bytes wanted at {_at}, {Left} are left");
        _at += count;
        return bytes.Span.Slice(_at - count, count);
    }

    private NodeKey ReadNodeId(byte kind) => kind switch
    {
        0 => NodeKey.Of(ReadByte()),
        1 => new(ReadByte(), 'i', ReadUInt16(), ""),
        2 => new(ReadUInt16(), 'i', ReadUInt32(), ""),
        3 => new(ReadUInt16(), 's', 0, ReadString() ?? ""),
        4 => new(ReadUInt16(), 'g', 0, new Guid(Take(16)).ToString("D")),
        5 => new(ReadUInt16(), 'b', 0, Convert.ToBase64String(ReadBytes() ?? [])),
        _ => throw new UaFault(UaStatus.BadDecodingError, $"a node id of kind {kind}"),
    };

    private int ReadLength()
    {
        var length = ReadInt32();
        return length <= MaxText ? length : throw new UaFault(UaStatus.BadDecodingError, $"a text of {length} bytes, at most {MaxText}");
    }
}
