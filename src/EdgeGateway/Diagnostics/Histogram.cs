namespace EdgeGateway.Diagnostics;

/// <summary>
/// How often durations of which size occurred, in a fixed number of classes that grow by a fifth each: a percentile is right to a fifth, whatever comes.
/// Written by one, read by anyone.
/// </summary>
internal sealed class Histogram
{
    private const int ClassesPerDoubling = 4;
    private const double LeastMilliseconds = 0.1;

    // 20 doublings: up to 100 s; longer ones count as that.
    private readonly long[] _counts = new long[20 * ClassesPerDoubling];

    public long Count
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < _counts.Length; i++) sum += Volatile.Read(ref _counts[i]);
            return sum;
        }
    }

    public void Add(TimeSpan duration) => Interlocked.Increment(ref _counts[ClassOf(duration)]);

    /// <summary>The upper end of the class below which the share of all durations lies; zero where there are none.</summary>
    /// <param name="share">0 to 1: 0.5 for the median.</param>
    public TimeSpan Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        if (wanted <= 0) return TimeSpan.Zero;
        var sum = 0L;
        for (var i = 0; i < _counts.Length; i++)
            if ((sum += Volatile.Read(ref _counts[i])) >= wanted) return EndOf(i);
        return EndOf(_counts.Length - 1);
    }

    private static int ClassOf(TimeSpan duration)
    {
        var ratio = duration.TotalMilliseconds / LeastMilliseconds;
        return ratio <= 1 ? 0 : Math.Min(20 * ClassesPerDoubling - 1, (int)(Math.Log2(ratio) * ClassesPerDoubling));
    }

    private static TimeSpan EndOf(int index) => TimeSpan.FromMilliseconds(LeastMilliseconds * Math.Pow(2, (index + 1.0) / ClassesPerDoubling));
}
