namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// The four tables of a Modbus device. Each number is the function code that reads the table (Application Protocol V1.1b3, 6.1 to 6.4);
/// there are no others here, because this gateway only reads.
/// </summary>
internal enum ModbusArea : byte
{
    Coil = 1,
    Discrete = 2,
    Holding = 3,
    Input = 4,
}
