namespace EdgeGateway.Uplink;

/// <summary>
/// How often the broker has refused a segment without a reason that helps. A refusal counts only if the broker has taken something else since the one
/// before: a broker that takes nothing at all has trouble of its own, and no segment is given up for that.
/// </summary>
internal sealed class RepeatedRefusals
{
    /// <summary>After this many the segment is given up.</summary>
    public const int Most = 10;

    private const int MostSegments = 1024;
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    private readonly Dictionary<SegmentName, Record> _records = [];
    private long _taken;

    /// <summary>The broker took something.</summary>
    public void Taken() => _taken++;

    /// <summary>The broker took this segment, or it was given up.</summary>
    public void Forget(SegmentName segment) => _records.Remove(segment);

    /// <summary>Counts a refusal; true if it was one too many. Otherwise the stream rests for <paramref name="rest"/>.</summary>
    public bool IsOneTooMany(SegmentName segment, out TimeSpan rest)
    {
        // Forgotten counts only delay a quarantine.
        if (_records.Count >= MostSegments && !_records.ContainsKey(segment)) _records.Clear();
        var known = _records.GetValueOrDefault(segment, new Record(0, 0, -1));
        var now = new Record(known.Tries + 1, known.Counted + (known.TakenBefore < _taken ? 1 : 0), _taken);
        _records[segment] = now;
        var doubled = FirstRest * Math.Pow(2, Math.Min(now.Tries - 1, 10));
        rest = doubled < LongestRest ? doubled : LongestRest;
        return now.Counted >= Most;
    }

    private readonly record struct Record(int Tries, int Counted, long TakenBefore);
}
