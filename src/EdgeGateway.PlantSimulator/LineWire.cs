namespace EdgeGateway.PlantSimulator;

/// <summary>In which frames the slaves of a line speak.</summary>
internal enum LineWire
{
    /// <summary>Modbus TCP.</summary>
    Mbap,

    /// <summary>RTU frames, as behind a serial server.</summary>
    Rtu,

    /// <summary>ASCII frames, as behind a serial server.</summary>
    Ascii,

    /// <summary>DL/T 645: meters.</summary>
    Dlt645,

    /// <summary>OPC UA over TCP: the line is a server.</summary>
    OpcUa,
}
