using System.Diagnostics.CodeAnalysis;

namespace EdgeGateway.Drivers;

/// <summary>
/// How long a question may take, over and over without allocating: one cancellation source that is armed for each question and taken
/// back when it is answered. A new one is made only after a deadline has passed (and under clocks other than the system's, which
/// cannot take a timer back for certain). Used by one conversation, one question at a time. Between questions it holds
/// nothing but memory, so it has no end of life.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A disarmed source has no timer running: there is nothing to release.")]
internal sealed class AnswerDeadline(TimeProvider time)
{
    private CancellationTokenSource? _source;

    /// <summary>Starts the wait; the source is cancelled after <paramref name="patience"/>.</summary>
    public CancellationTokenSource Arm(TimeSpan patience)
    {
        if (_source is null) return _source = new CancellationTokenSource(patience, time);
        _source.CancelAfter(patience);
        return _source;
    }

    /// <summary>The source of the wait that has been started and not ended.</summary>
    public CancellationTokenSource Armed => _source ?? throw new InvalidOperationException("no wait has been started");

    /// <summary>Ends the wait. Nobody may be registered with the source any more.</summary>
    public void Disarm()
    {
        // Only the system's timers can be taken back for certain; TryReset does not look at others.
        if (time == TimeProvider.System && _source is { } source && source.TryReset()) return;
        _source?.Dispose();
        _source = null;
    }
}
