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

    /// <summary>Latin-1 text, two characters per register, padded with zero bytes.</summary>
    String,
}
