using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway;

/// <summary>
/// One answer's readings: signals <c>[First, First + Count)</c> of a group in one slot, all taken at the same instant. Owned by whoever
/// holds it: the line's worker until it is in the channel, the recorder after that, then back to the pool.
/// </summary>
internal sealed class ReadingBlock
{
    private readonly Reading[] _readings = new Reading[PollGroup.MaxPoints];

    public SignalGroup Group { get; private set; } = null!; // set by Reset before anyone sees the block
    public int First { get; private set; }
    public int Count { get; private set; }

    /// <summary>The slot within this boot: 0 for the first period after the plan was declared.</summary>
    public long Slot { get; private set; }

    /// <summary>When the values were taken (midpoint of question and answer), Unix milliseconds UTC.</summary>
    public long UtcMs { get; set; }

    /// <summary>The readings, in the group's order.</summary>
    public Span<Reading> Readings => _readings.AsSpan(0, Count);

    /// <summary>Makes the block stand for another answer.</summary>
    public void Reset(SignalGroup group, int first, int count, long slot)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, group.Signals.Length);
        Group = group;
        First = first;
        Count = count;
        Slot = slot;
    }
}
