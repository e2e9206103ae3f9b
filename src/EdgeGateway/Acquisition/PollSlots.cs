using EdgeGateway.Config;

namespace EdgeGateway.Acquisition;

/// <summary>
/// The slots of one group on the monotonic clock: slot k is due at start + phase + k · period, for ever. A late poll moves nothing; slots that pass
/// unserved are counted.
/// </summary>
internal sealed class PollSlots(SignalGroup group, DeviceState device, long start, TimeSpan phase, TimeProvider time)
{
    private readonly TimeSpan _period = group.Poll.Period;

    public SignalGroup Group { get; } = group;

    public DeviceState Device { get; } = device;

    /// <summary>The next slot nobody has answered for.</summary>
    public long Next { get; private set; }

    /// <summary>Time until <see cref="Next"/> is due; zero or negative when it is.</summary>
    public TimeSpan DueIn => phase + Next * _period - time.GetElapsedTime(start);

    /// <summary>The newest slot that is due; below <see cref="Next"/> if none is.</summary>
    public long NewestDue
    {
        get
        {
            var since = time.GetElapsedTime(start) - phase;
            return since < TimeSpan.Zero ? Next - 1 : Math.Max(Next - 1, since.Ticks / _period.Ticks);
        }
    }

    public void Advance() => Next++;
}
