namespace EdgeGateway.Drivers;

/// <summary>Which points of a group its device has refused, since when, and which of them the present plan leaves out.</summary>
/// <param name="points">How many the group has.</param>
internal sealed class LeftOut(int points)
{
    private readonly bool[] _refused = new bool[points];
    private readonly bool[] _planned = new bool[points];
    private readonly long[] _refusedAt = new long[points];

    /// <summary>True at the index of a point that the present plan leaves out.</summary>
    public ReadOnlySpan<bool> Planned => _planned;

    /// <summary>A new plan is made: it leaves out what is refused now.</summary>
    public void Plan() => _refused.CopyTo(_planned, 0);

    /// <summary>The device has no such points: the next plan leaves them out.</summary>
    public void Refuse(int first, int count, long at)
    {
        _refused.AsSpan(first, count).Fill(true);
        StillRefused(first, count, at);
    }

    /// <summary>Points that were left out have been tried again in vain.</summary>
    public void StillRefused(int first, int count, long at) => _refusedAt.AsSpan(first, count).Fill(at);

    /// <summary>The next plan leaves out nothing.</summary>
    public void Forget() => Array.Clear(_refused);

    /// <summary>The point left out that was refused longest ago, not behind <paramref name="latest"/>; null if there is none.</summary>
    public int? Oldest(long latest)
    {
        int? oldest = null;
        for (var i = 0; i < points; i++)
            if (_planned[i] && _refusedAt[i] <= latest && (oldest is not { } before || _refusedAt[i] < _refusedAt[before])) oldest = i;
        return oldest;
    }

    /// <summary>The end of the run of points left out that <paramref name="first"/> stands in.</summary>
    public int EndOfRun(int first)
    {
        var end = Array.IndexOf(_planned, false, first);
        return end < 0 ? points : end;
    }

    /// <summary>Gives every point that the plan left out one quality.</summary>
    /// <param name="sink">Takes it.</param>
    /// <param name="retriedFirst">The first of the points that were tried again in this poll and have theirs already; negative for none.</param>
    /// <param name="retriedCount">How many these are.</param>
    /// <param name="now">When.</param>
    /// <param name="quality">Which.</param>
    public void Fill(ISampleSink sink, int retriedFirst, int retriedCount, long now, Quality quality)
    {
        for (var first = Array.IndexOf(_planned, true); first >= 0;)
        {
            var end = EndOfRun(first);
            if (retriedFirst >= first && retriedFirst < end)
            {
                if (retriedFirst > first) sink.Block(first, retriedFirst - first, now, now).Fill(Sample.None(quality));
                first = retriedFirst + retriedCount;
            }
            if (end > first) sink.Block(first, end - first, now, now).Fill(Sample.None(quality));
            first = end < points ? Array.IndexOf(_planned, true, end) : -1;
        }
    }
}
