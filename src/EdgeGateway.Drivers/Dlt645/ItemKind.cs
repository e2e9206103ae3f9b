namespace EdgeGateway.Drivers.Dlt645;

/// <summary>What comes of the bytes of an item.</summary>
internal enum ItemKind
{
    /// <summary>A decimal number in BCD.</summary>
    Number,

    /// <summary>A word of bits, as an unsigned number.</summary>
    Bits,

    /// <summary>Digits that are no number, such as an address: text.</summary>
    Digits,

    /// <summary>A date or time: text.</summary>
    Time,
}
