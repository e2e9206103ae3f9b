namespace EdgeGateway.Acquisition;

/// <summary>
/// How long a device's answer may be waited for, learned from its answers as TCP learns its retransmission time (RFC 6298): the mean and four times the mean
/// deviation, never below what a busy computer's timers need, never above what is configured; doubled with each wait in vain.
/// </summary>
internal sealed class AnswerTime(TimeSpan configured)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);

    private TimeSpan _mean;
    private TimeSpan _deviation;
    private int _doublings;

    /// <summary>How long to wait; the configured time before the first answer.</summary>
    public TimeSpan Patience
    {
        get
        {
            if (_mean == TimeSpan.Zero) return configured;
            var learned = _mean + 4 * _deviation;
            if (learned < Least) learned = Least;
            learned *= Math.Pow(2, _doublings);
            return learned < configured ? learned : configured;
        }
    }

    /// <summary>An answer took so long.</summary>
    public void Took(TimeSpan roundTrip)
    {
        _doublings = 0;
        if (_mean == TimeSpan.Zero) (_mean, _deviation) = (roundTrip, roundTrip / 2);
        else
        {
            _deviation += ((roundTrip - _mean).Duration() - _deviation) / 4;
            _mean += (roundTrip - _mean) / 8;
        }
    }

    /// <summary>None came within <see cref="Patience"/>: the device may have become slower.</summary>
    public void WasInVain() => _doublings = Math.Min(_doublings + 1, 16);
}
