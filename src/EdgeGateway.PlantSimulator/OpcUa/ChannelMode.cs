namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>How messages are protected, by the numbers of OPC 10000-4, 7.20.</summary>
internal enum ChannelMode
{
    None = 1,
    Sign = 2,
    SignAndEncrypt = 3,
}
