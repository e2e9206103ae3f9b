using System.Collections.Immutable;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>One instrument, controller or meter.</summary>
/// <param name="Name">Unique in the plant.</param>
/// <param name="Settings">How the protocol addresses it.</param>
/// <param name="Groups">What is asked of it and how often; at least one.</param>
internal sealed record Device(string Name, DeviceSettings Settings, ImmutableArray<SignalGroup> Groups)
{
    /// <summary>What is spoken with it; null for the protocol of its line. <see cref="Line.ProtocolOf"/> says which of the two.</summary>
    public DriverType? OwnProtocol { get; init; }
}
