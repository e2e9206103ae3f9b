namespace EdgeGateway.Drivers.Modbus;

/// <summary>What the registers of a point hold.</summary>
internal enum RegisterType : byte
{
    Bool,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float32,
    Float64,
    Bcd16,
    Bcd32,

    /// <summary>UTF-8, two bytes a register.</summary>
    Text,

    Int8High,
    Int8Low,
    UInt8High,
    UInt8Low,

    /// <summary>Bit 15 is the sign, the other bits are the amount.</summary>
    SignMagnitude16,

    /// <summary>Registers of -9999 to 9999 each, all of one sign, to the base of 10,000.</summary>
    Mod10K32,
    Mod10K48,
    Mod10K64,

    Bcd64,

    /// <summary>IEEE 754 binary16.</summary>
    Float16,

    /// <summary>ASCII, two characters a register.</summary>
    AsciiText,

    /// <summary>GB18030, two bytes a register.</summary>
    GbkText,

    /// <summary>ASCII, one character a register, in its high byte.</summary>
    HighCharacters,

    /// <summary>ASCII, one character a register, in its low byte.</summary>
    LowCharacters,

    /// <summary>Three registers of BCD: YYMM DDhh mmss.</summary>
    BcdTime,

    /// <summary>Six registers: year, month, day, hour, minute, second.</summary>
    SixWordTime,

    /// <summary>Four registers as IEC 60870-5-4 lays a time: year; month and day; hour and minute; milliseconds.</summary>
    Iec870Time,

    /// <summary>Seconds since 1970, UTC, unsigned.</summary>
    UnixTime,

    /// <summary>The registers as they came, in hexadecimal digits.</summary>
    Raw,
}
