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
    Text,
}
