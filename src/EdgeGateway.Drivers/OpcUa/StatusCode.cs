namespace EdgeGateway.Drivers.OpcUa;

/// <summary>A status of the standard: the two top bits say good, uncertain or bad; the low 16 bits qualify a value (OPC 10000-4, 7.39).</summary>
internal readonly record struct StatusCode(uint Value)
{
    private const uint DataValueInfo = 0x0400;
    private const uint OverflowBit = 0x0080;

    /// <summary>The operation succeeded.</summary>
    public bool IsGood => Value >> 30 == 0;

    /// <summary>The operation failed. The reserved severity counts as bad.</summary>
    public bool IsBad => Value >> 31 == 1;

    /// <summary>The server's queue dropped values before this one (info type DataValue with the overflow bit).</summary>
    public bool HasOverflow => (Value & (DataValueInfo | OverflowBit)) == (DataValueInfo | OverflowBit);

    /// <summary>The code without the bits that qualify a value.</summary>
    public StatusCode Code => new(Value & 0xFFFF0000);

    /// <summary>Name and number, for people.</summary>
    public override string ToString() => StatusCodes.NameOf(this) is { } name ? $"{name} (0x{Value:X8})" : $"0x{Value:X8}";
}
