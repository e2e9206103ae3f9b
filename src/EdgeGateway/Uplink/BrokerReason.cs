namespace EdgeGateway.Uplink;

/// <summary>What one reason code of a CONNACK or a DISCONNECT means to a gateway.</summary>
/// <param name="Code">As in MQTT 5 §2.4.</param>
/// <param name="Meaning">In the broker's words, for people.</param>
/// <param name="Remedy">What the gateway does.</param>
/// <param name="Mend">What a person can do; empty if nothing need be done.</param>
internal sealed record BrokerReason(byte Code, string Meaning, Remedy Remedy, string Mend = "")
{
    public override string ToString() => $"{Meaning} (0x{Code:X2}){(Mend.Length > 0 ? $". {Mend}" : "")}";
}
