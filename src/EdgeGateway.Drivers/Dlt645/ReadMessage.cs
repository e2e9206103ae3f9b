using EdgeGateway.Drivers.Framing;

namespace EdgeGateway.Drivers.Dlt645;

/// <summary>The control codes that read, and no others: meters of this standard settle bills.</summary>
internal enum ReadControl : byte
{
    /// <summary>1997: read data.</summary>
    Item1997 = 0x01,

    /// <summary>1997: read what follows.</summary>
    FollowUp1997 = 0x02,

    /// <summary>2007: read data.</summary>
    Item = 0x11,

    /// <summary>2007: read what follows.</summary>
    FollowUp = 0x12,

    /// <summary>2007: read the meter's address.</summary>
    Address = 0x13,
}

/// <summary>How a reply relates to its question.</summary>
internal enum ReplyKind : byte
{
    /// <summary>Not of the asked meter, or no reply at all: an echo, another meter, a broadcast.</summary>
    Foreign,

    /// <summary>The data that was asked for.</summary>
    Data,

    /// <summary>The data that was asked for, and more of it can be asked for.</summary>
    DataAndMore,

    /// <summary>The meter said no, with an error word.</summary>
    Refused,

    /// <summary>Of the asked meter, and no answer to this question.</summary>
    Bad,

    /// <summary>Nothing within the meter's time.</summary>
    Silence,
}

/// <summary>
/// Questions and replies inside a frame (DL/T 645-2007, 7.1 to 7.3; 1997, 6.1). This is the only place where a control code is written, and it writes those
/// of <see cref="ReadControl"/> and no others.
/// </summary>
internal readonly record struct ReadMessage
{
    /// <summary>The longest question: address, control, identifier, sequence number.</summary>
    public const int MaxBytes = DataAt + 5;

    /// <summary>The error bit that says: no such data.</summary>
    private const byte NoRequestedData = 0x02;

    private const int DataAt = Dlt645Frame.ControlAt + 1;
    private const byte FromMeter = 0x80;
    private const byte MoreFollows = 0x20;
    private const byte Refusal = 0x40;

    private ReadMessage(MeterAddress address, ReadControl control, Edition edition, uint identifier, byte sequence)
    {
        Address = address;
        Control = control;
        Edition = edition;
        Identifier = identifier;
        Sequence = sequence;
    }

    /// <summary>Who is asked.</summary>
    public MeterAddress Address { get; }

    /// <summary>What for.</summary>
    public ReadControl Control { get; }

    /// <summary>How long an identifier is.</summary>
    public Edition Edition { get; }

    /// <summary>The data item; 0 where an address is asked for.</summary>
    public uint Identifier { get; }

    /// <summary>Which frame behind the first is asked for, from 1; 0 where none is, or the edition does not number them.</summary>
    public byte Sequence { get; }

    private int IdentifierBytes => Edition == Edition.Of2007 ? 4 : 2;

    /// <summary>Asks for an item.</summary>
    public static ReadMessage ForItem(MeterAddress address, Edition edition, uint identifier) =>
        new(address, edition == Edition.Of2007 ? ReadControl.Item : ReadControl.Item1997, edition, identifier, 0);

    /// <summary>Asks for frame <paramref name="number"/> behind the first one of an item.</summary>
    public static ReadMessage ForFollowUp(MeterAddress address, Edition edition, uint identifier, int number) => edition == Edition.Of2007
        ? new(address, ReadControl.FollowUp, edition, identifier, checked((byte)number))
        : new(address, ReadControl.FollowUp1997, edition, identifier, 0);

    /// <summary>Asks who is there.</summary>
    public static ReadMessage ForAddress(MeterAddress address) => new(address, ReadControl.Address, Edition.Of2007, 0, 0);

    /// <summary>Writes address, control and data of the question and returns their length.</summary>
    public int Write(Span<byte> content)
    {
        if (Control is not (ReadControl.Item or ReadControl.FollowUp or ReadControl.Address or ReadControl.Item1997 or ReadControl.FollowUp1997))
            throw new InvalidOperationException($"control code {(byte)Control:X2} does not read");
        Address.Write(content);
        content[Dlt645Frame.ControlAt] = (byte)Control;
        var end = DataAt;
        if (Control == ReadControl.Address) return end;
        for (var at = 0; at < IdentifierBytes; at++) content[end++] = (byte)(Identifier >> 8 * at);
        if (Sequence > 0) content[end++] = Sequence;
        return end;
    }

    /// <summary>Judges the content of a frame.</summary>
    /// <param name="content">Address, control and data.</param>
    /// <param name="data">What the item consists of, without identifier and sequence number; else empty.</param>
    /// <param name="error">The error word of a refusal; else 0.</param>
    public ReplyKind Judge(ReadOnlySpan<byte> content, out ReadOnlySpan<byte> data, out byte error)
    {
        data = default;
        error = 0;
        var control = content[Dlt645Frame.ControlAt];
        if ((control & FromMeter) == 0 || !Address.Reaches(content)) return ReplyKind.Foreign;
        var carried = content[DataAt..];
        if (control == ((byte)Control | FromMeter | Refusal))
        {
            if (carried.Length != 1) return ReplyKind.Bad;
            error = carried[0];
            return ReplyKind.Refused;
        }
        var hasMore = control == ((byte)Control | FromMeter | MoreFollows);
        if (!hasMore && control != ((byte)Control | FromMeter)) return ReplyKind.Bad;
        if (Control == ReadControl.Address)
        {
            if (hasMore || !carried.SequenceEqual(content[..MeterAddress.Bytes])) return ReplyKind.Bad;
            data = carried;
            return ReplyKind.Data;
        }
        if (!StartsWithIdentifier(carried)) return ReplyKind.Bad;
        carried = carried[IdentifierBytes..];
        if (Sequence > 0)
        {
            if (carried.IsEmpty || carried[^1] != Sequence) return ReplyKind.Bad;
            carried = carried[..^1];
        }
        if (carried.IsEmpty) return ReplyKind.Bad;
        data = carried;
        return hasMore ? ReplyKind.DataAndMore : ReplyKind.Data;
    }

    /// <summary>What an error word means (2007, Annex): bit 1 no requested data; the other bits say that the meter will not or cannot.</summary>
    public static Quality Meaning(byte error) => (error & NoRequestedData) != 0 ? Quality.IllegalAddress : Quality.DeviceFailure;

    private bool StartsWithIdentifier(ReadOnlySpan<byte> carried)
    {
        if (carried.Length < IdentifierBytes) return false;
        for (var at = 0; at < IdentifierBytes; at++)
            if (carried[at] != (byte)(Identifier >> 8 * at)) return false;
        return true;
    }
}
