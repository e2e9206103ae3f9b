using System.Collections.Immutable;

namespace EdgeGateway.Drivers.Dlt645;

/// <summary>
/// How one group is asked, and what the meter has taught about it: which items it refuses, and which blocks it does not give whole. Forgotten with the
/// stream, because a meter that comes back may be another one.
/// </summary>
internal sealed class MeterKnowledge
{
    private readonly ImmutableArray<DevicePoint> _points;
    private readonly LeftOut _leftOut;
    private readonly DataItem[] _items;
    private readonly LastWords?[] _words;
    private readonly HashSet<uint> _brokenBlocks = [];
    private readonly HashSet<uint> _givenBlocks = [];
    private ImmutableArray<ReadQuestion> _plan;
    private int _attachment;
    private int _startAt;
    private bool _isStale;

    public MeterKnowledge(PollGroup group, int attachment)
    {
        _points = group.Points;
        _leftOut = new LeftOut(_points.Length);
        Device = (MeterDevice)group.Device;
        _attachment = attachment;
        _items = [.. _points.Select(point => ((MeterPoint)point).ItemOn(Device))];
        _words = [.. _points.Select((point, i) => FormatOf(i) is { Kind: ItemKind.Digits or ItemKind.Time } format ? new LastWords(format) : null)];
        _plan = ReadPlan.Make(_points, Device);
    }

    /// <summary>How the meter is addressed.</summary>
    public MeterDevice Device { get; }

    /// <summary>
    /// Which question of the plan is the first of the next poll: the one behind the question that was not answered last time, so that an item that a meter leaves
    /// unanswered does not keep it from being asked for the others.
    /// </summary>
    public int StartAt => _plan.IsEmpty ? 0 : _startAt % _plan.Length;

    /// <summary>The item with the fewest bytes that is asked for.</summary>
    public DataItem Shortest() => _plan.IsEmpty ? _items[0] : _plan.MinBy(question => question.Item.Bytes).Item;

    /// <summary>The questions of this poll.</summary>
    /// <param name="attachment">The number of the present stream.</param>
    public ImmutableArray<ReadQuestion> PlanFor(int attachment)
    {
        if (_attachment != attachment) Forget();
        _attachment = attachment;
        if (_isStale)
        {
            _leftOut.Plan();
            _plan = ReadPlan.Make(_points, Device, _leftOut.Planned, _brokenBlocks);
            _startAt = 0;
            _isStale = false;
        }
        return _plan;
    }

    /// <summary>True if the question is for a block on behalf of members that can be asked for one by one.</summary>
    public bool IsGathered(ReadQuestion question)
    {
        // Points of an item that the table does not have bring an object each: what counts is what they name.
        var last = _items[question.First + question.Count - 1];
        return last.Edition != question.Item.Edition || last.Identifier != question.Item.Identifier;
    }

    /// <summary>The members of a gathered block one by one.</summary>
    public IEnumerable<ReadQuestion> Singles(ReadQuestion block) => ReadPlan.Singles(_points, Device, block);

    /// <summary>The meter gives this block.</summary>
    public void Give(ReadQuestion question)
    {
        if (question.Item.Parts.Length > 1) _givenBlocks.Add(question.Item.Identifier);
    }

    /// <summary>The meter does not give this block whole: its members are asked for one by one from now on.</summary>
    public void Break(ReadQuestion block)
    {
        if (_brokenBlocks.Add(block.Item.Identifier)) _isStale = true;
    }

    /// <summary>The question was not answered; asked from the next poll on.</summary>
    /// <param name="question">What was asked for.</param>
    /// <param name="at">Its place in the plan.</param>
    public void Silent(ReadQuestion question, int at)
    {
        _startAt = at + 1;
        // Some meters do not refuse what they do not know. A block that was given before is only late.
        if (IsGathered(question) && !_givenBlocks.Contains(question.Item.Identifier)) Break(question);
    }

    /// <summary>Gives every point that the present plan leaves out one quality, but those of <paramref name="retried"/>, which have theirs already.</summary>
    public void FillLeftOut(ISampleSink sink, ReadQuestion? retried, long now, Quality quality) =>
        _leftOut.Fill(sink, retried?.First ?? -1, retried?.Count ?? 0, now, quality);

    /// <summary>The item that was refused longest ago, before <paramref name="latest"/>; null if there is none.</summary>
    public ReadQuestion? OldestRefused(long latest)
    {
        if (_leftOut.Oldest(latest) is not { } oldest) return null;
        var end = oldest + 1;
        while (end < _leftOut.EndOfRun(oldest) && _items[end].Identifier == _items[oldest].Identifier) end++;
        return new ReadQuestion(oldest, end - oldest, _items[oldest]);
    }

    /// <summary>The meter has no such item: leave it out from the next poll on.</summary>
    public void Refuse(ReadQuestion question, long at)
    {
        _leftOut.Refuse(question.First, question.Count, at);
        _isStale = true;
    }

    /// <summary>An item that was left out has been tried again in vain.</summary>
    public void StillRefused(ReadQuestion question, long at) => _leftOut.StillRefused(question.First, question.Count, at);

    /// <summary>Everything learned is out of date: from the next poll on, ask for everything and learn anew.</summary>
    public void Forget()
    {
        _leftOut.Forget();
        _brokenBlocks.Clear();
        _givenBlocks.Clear();
        _isStale = true;
    }

    /// <summary>Turns the data of a whole item into the samples of its points.</summary>
    public void Decode(ReadQuestion question, ReadOnlySpan<byte> data, Span<Sample> samples)
    {
        for (var i = 0; i < question.Count; i++)
        {
            var index = question.First + i;
            var format = FormatOf(index);
            var part = ReferenceEquals(_items[index], question.Item) || _items[index].Identifier == question.Item.Identifier
                ? ((MeterPoint)_points[index]).Part : _items[index].PartOfBlock;
            var bytes = data.Slice(question.Item.OffsetOf(part), format.Bytes);
            samples[i] = _words[index]?.Read(bytes) ?? format.Number(bytes);
        }
    }

    private ItemFormat FormatOf(int index) => _items[index].Parts[((MeterPoint)_points[index]).Part];
}
