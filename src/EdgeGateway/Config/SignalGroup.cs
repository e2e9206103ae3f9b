using System.Collections.Immutable;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>Signals that are polled together; <see cref="Signals"/> and <see cref="PollGroup.Points"/> have the same order.</summary>
internal sealed class SignalGroup(PollGroup poll, ImmutableArray<Signal> signals)
{
    /// <summary>What the driver is asked for.</summary>
    public PollGroup Poll { get; } = poll;

    /// <summary>What each point means.</summary>
    public ImmutableArray<Signal> Signals { get; } = signals;

    /// <summary>Full name, <c>device/group</c>: the <c>id</c> of the group on the wire.</summary>
    public string Id => Poll.Id;
}
