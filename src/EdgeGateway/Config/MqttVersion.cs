namespace EdgeGateway.Config;

/// <summary>What is spoken with the broker.</summary>
internal enum MqttVersion
{
    /// <summary>MQTT 5.</summary>
    V5,

    /// <summary>MQTT 3.1.1: the broker cannot say why it refuses, whether anybody listens, or how much it takes.</summary>
    V311,
}
