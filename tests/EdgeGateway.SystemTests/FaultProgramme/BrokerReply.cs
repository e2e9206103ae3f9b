namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>What a <see cref="ReceivingBroker"/> does with one publish.</summary>
/// <param name="Stored">How often the receiver gets it: 0 is a broker that forgets, 2 one that repeats.</param>
/// <param name="IsAcknowledged">Whether a PUBACK is sent at all.</param>
/// <param name="Delay">How long after the message has come.</param>
/// <param name="StoreDelay">How long the receiver waits for it.</param>
internal readonly record struct BrokerReply(int Stored, bool IsAcknowledged, TimeSpan Delay, TimeSpan StoreDelay = default)
{
    public static BrokerReply Honest { get; } = new(1, true, TimeSpan.Zero);
}
