namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A token of a secure channel; without keys where the mode is none.</summary>
/// <param name="Lifetime">After it, and a quarter more, messages under it are refused.</param>
/// <param name="CreatedAt">By <see cref="TimeProvider.GetTimestamp"/>.</param>
internal sealed record ChannelToken(uint Id, ChannelKeys? Incoming, ChannelKeys? Outgoing, TimeSpan Lifetime, long CreatedAt)
{
    public bool IsOver(TimeProvider time) => time.GetElapsedTime(CreatedAt) > Lifetime * 1.25;
}
