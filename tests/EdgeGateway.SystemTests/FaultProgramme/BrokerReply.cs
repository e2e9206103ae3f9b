namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>What a <see cref="ReceivingBroker"/> does with one publish.</summary>
/// <param name="Stored">How often the receiver gets it: 0 is a broker that forgets, 2 one that repeats.</param>
/// <param name="IsAcknowledged">Whether a PUBACK is sent at all.</param>
/// <param name="Delay">How long after that.</param>
internal readonly record struct BrokerReply(int Stored, bool IsAcknowledged, TimeSpan Delay)
{
    public static BrokerReply Honest { get; } = new(1, true, TimeSpan.Zero);
}
