using System.Collections.Concurrent;
using EdgeGateway.Config;

namespace EdgeGateway;

/// <summary>The last slot of each group that acquisition has answered for in this boot; read once acquisition has stopped.</summary>
internal sealed class SlotBook
{
    private readonly ConcurrentDictionary<SignalGroup, long> _last = new();

    /// <summary>The last slot due, or -1 if none was.</summary>
    public long LastDue(SignalGroup group) => _last.GetValueOrDefault(group, -1);

    public void Close(SignalGroup group, long lastSlot) => _last[group] = lastSlot;
}
