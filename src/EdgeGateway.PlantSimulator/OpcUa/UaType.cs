namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>The built-in types that this server sends, by the numbers of OPC 10000-6, 5.1.2; they are the node ids of the data types, too.</summary>
internal enum UaType : byte
{
    Null = 0,
    Boolean = 1,
    SByte = 2,
    Byte = 3,
    Int16 = 4,
    UInt16 = 5,
    Int32 = 6,
    UInt32 = 7,
    Int64 = 8,
    UInt64 = 9,
    Float = 10,
    Double = 11,
    String = 12,
    DateTime = 13,
    NodeId = 17,
    StatusCode = 19,
    QualifiedName = 20,
    LocalizedText = 21,
    ExtensionObject = 22,
}
