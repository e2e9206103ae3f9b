using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Acquisition;

/// <summary>
/// Collects one poll of one group: raw samples in, reading blocks out. Whatever the driver leaves open is closed with a quality, so that every
/// signal of the slot has exactly one reading. Owned by one line worker and reused.
/// </summary>
internal sealed class PollSink(ReadingChannel channel, TimeProvider time) : ISampleSink
{
    private readonly Sample[] _samples = new Sample[PollGroup.MaxPoints];
    private readonly bool[] _covered = new bool[PollGroup.MaxPoints];
    private readonly List<ReadingBlock> _blocks = [];
    private SignalGroup? _group;
    private long _slot;
    private (int First, int Count, long UtcMs, TimeSpan Took)? _open;

    /// <summary>The blocks of the poll, after <see cref="Close"/>.</summary>
    public List<ReadingBlock> Blocks => _blocks;

    public int Good { get; private set; }

    /// <summary>How often the device told that it had dropped values.</summary>
    public long TimesDropped { get; private set; }

    /// <summary>All readings of the poll, after <see cref="Close"/>: one per signal of the group.</summary>
    public int Readings { get; private set; }

    /// <summary>From question to answer, the longest of the poll; null where nothing was answered.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>True, after <see cref="Close"/>, if a question got no answer that belongs to it: one may still come.</summary>
    public bool IsLetDown => HasAny(Quality.Timeout) || HasBadReply;

    /// <summary>True, after <see cref="Close"/>, if something came that did not fit its question.</summary>
    public bool HasBadReply => HasAny(Quality.BadReply);

    public void Begin(SignalGroup group, long slot)
    {
        _group = group;
        _slot = slot;
        _open = null;
        _blocks.Clear();
        Good = 0;
        Readings = 0;
        TimesDropped = 0;
        RoundTrip = null;
        Array.Clear(_covered, 0, group.Signals.Length);
    }

    public Span<Sample> Block(int first, int count, long askedAt, long answeredAt)
    {
        var group = _group ?? throw new InvalidOperationException("a block outside a poll");
        CloseBlock(group);
        if (first < 0 || count < 1 || first + count > group.Signals.Length)
            throw new ArgumentOutOfRangeException(nameof(first), first, $"block [{first}, {first + count}) outside the {group.Signals.Length} points of {group.Id}");
        for (var i = first; i < first + count; i++)
        {
            if (_covered[i]) throw new InvalidOperationException($"{group.Signals[i].Id} got two samples in one poll");
            _covered[i] = true;
        }
        _open = (first, count, UtcMs(askedAt + (answeredAt - askedAt) / 2), time.GetElapsedTime(askedAt, answeredAt));
        // What the caller does not fill becomes a bad reply, never the good value of another signal from the poll before.
        var samples = _samples.AsSpan(0, count);
        samples.Clear();
        return samples;
    }

    public void Dropped(long times) => TimesDropped += times;

    /// <summary>Closes the poll; points without a sample get <paramref name="missing"/>.</summary>
    public void Close(Quality missing)
    {
        var group = _group ?? throw new InvalidOperationException("no poll to close");
        CloseBlock(group);
        for (var i = 0; i < group.Signals.Length; i++)
        {
            if (_covered[i]) continue;
            var first = i;
            while (i < group.Signals.Length && !_covered[i]) i++;
            _samples.AsSpan(0, i - first).Fill(Sample.None(missing));
            Emit(group, first, i - first, UtcMs(time.GetTimestamp()));
        }
        _group = null;
    }

    private bool HasAny(Quality quality)
    {
        if (Good == Readings) return false;
        foreach (var block in _blocks)
            foreach (var reading in block.Readings)
                if (reading.Quality == quality) return true;
        return false;
    }

    private void CloseBlock(SignalGroup group)
    {
        if (_open is not { } open) return;
        _open = null;
        // A wait in vain says nothing about answers, nor does a point that was left out.
        if (_samples[0].Quality != Quality.Timeout && open.Took > (RoundTrip ?? TimeSpan.Zero)) RoundTrip = open.Took;
        Emit(group, open.First, open.Count, open.UtcMs);
    }

    private void Emit(SignalGroup group, int first, int count, long utcMs)
    {
        var block = channel.Rent();
        block.Reset(group, first, count, _slot);
        block.UtcMs = utcMs;
        Readings += count;
        Good += Normaliser.Normalise(group, first, _samples.AsSpan(0, count), block.Readings);
        _blocks.Add(block);
    }

    /// <summary>A monotonic time stamp as UTC, by the clock as it stands now: a step of the wall clock never bends an interval.</summary>
    private long UtcMs(long timestamp) => (time.GetUtcNow() - time.GetElapsedTime(timestamp)).ToUnixTimeMilliseconds();
}
