namespace EdgeGateway.Drivers.Tests.Field;

/// <summary>How the gateway and a device of the field are connected.</summary>
public enum FieldTransport
{
    ModbusTcp,

    /// <summary>Modbus TCP with four questions at once.</summary>
    ModbusTcpInWindow,

    RtuOverTcp,
    AsciiOverTcp,
    RtuOverPort,

    /// <summary>The same port by System.IO.Ports.</summary>
    RtuByPorts,
}
