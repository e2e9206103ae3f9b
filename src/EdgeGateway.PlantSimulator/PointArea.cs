namespace EdgeGateway.PlantSimulator;

/// <summary>The four tables of a Modbus device.</summary>
internal enum PointArea
{
    /// <summary>Single bits, read with function 01.</summary>
    Coil,

    /// <summary>Single bits, read with function 02.</summary>
    Discrete,

    /// <summary>16-bit registers, read with function 03.</summary>
    Holding,

    /// <summary>16-bit registers, read with function 04.</summary>
    Input,
}
