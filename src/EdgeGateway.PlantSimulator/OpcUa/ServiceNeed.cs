namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>What a service needs before it is served.</summary>
internal enum ServiceNeed
{
    Nothing,

    /// <summary>A session, whoever its user is.</summary>
    Session,

    /// <summary>A session with a user, on the channel that it was activated on.</summary>
    User,
}
