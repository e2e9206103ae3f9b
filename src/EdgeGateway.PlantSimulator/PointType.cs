namespace EdgeGateway.PlantSimulator;

/// <summary>How a simulated device writes a value into its registers.</summary>
internal enum PointType
{
    /// <summary>One coil or discrete input, or one bit of a register.</summary>
    Bool,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,

    /// <summary>IEEE 754 binary32.</summary>
    Float32,

    /// <summary>IEEE 754 binary64.</summary>
    Float64,

    /// <summary>Four decimal digits, one per nibble: 0 to 9999.</summary>
    Bcd16,

    /// <summary>Eight decimal digits, one per nibble: 0 to 99999999.</summary>
    Bcd32,

    /// <summary>UTF-8 text, two bytes per register, padded with zero bytes.</summary>
    String,

    /// <summary>One byte of a register, in two's complement; the other byte is somebody else's.</summary>
    Int8High,
    Int8Low,
    UInt8High,
    UInt8Low,

    /// <summary>Bit 15 is the sign, the rest the amount.</summary>
    SignMagnitude16,

    /// <summary>Registers from -9999 to 9999 of one sign, the most significant first: digits to the base of 10,000.</summary>
    Mod10K32,
    Mod10K48,
    Mod10K64,

    /// <summary>Sixteen decimal digits, one per nibble.</summary>
    Bcd64,

    /// <summary>IEEE 754 binary16.</summary>
    Float16,

    /// <summary>ASCII text, two characters per register, padded with zero bytes.</summary>
    Ascii,

    /// <summary>GB18030 text, two bytes per register, padded with zero bytes.</summary>
    Gbk,

    /// <summary>ASCII text, one character per register, in its high byte.</summary>
    HighCharacters,

    /// <summary>ASCII text, one character per register, in its low byte.</summary>
    LowCharacters,

    /// <summary>The device's clock, three registers of BCD: YYMM DDhh mmss.</summary>
    BcdTime,

    /// <summary>The device's clock, a register each: year, month, day, hour, minute, second.</summary>
    SixWordTime,

    /// <summary>The device's clock as IEC 60870-5-4 lays it: year; month and day with weekday; hour and minute; milliseconds of the minute.</summary>
    Iec870Time,

    /// <summary>The device's clock, two registers: seconds since 1970.</summary>
    UnixTime,

    /// <summary>Nothing of its own: the registers as they are, as hexadecimal digits.</summary>
    Raw,
}
