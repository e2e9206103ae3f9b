namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>Node classes by the numbers of OPC 10000-3, 8.29.</summary>
internal enum UaNodeClass
{
    Object = 1,
    Variable = 2,
    ObjectType = 8,
    VariableType = 16,
    ReferenceType = 32,
    DataType = 64,
}
