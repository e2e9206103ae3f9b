using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;

namespace EdgeGateway.Drivers;

/// <summary>A short wait, over and over without allocating. Used by one conversation, one wait at a time; it cannot be cancelled.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A timer that is not running holds nothing but memory.")]
internal sealed class Pause(TimeProvider time) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;
    private ITimer? _timer;

    /// <summary>Ends after at least <paramref name="wait"/>, in whole milliseconds.</summary>
    public ValueTask For(TimeSpan wait)
    {
        _core.Reset();
        _timer ??= time.CreateTimer(static pause => ((Pause)pause!)._core.SetResult(true), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan); // not null: 'this'
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
        return new ValueTask(this, _core.Version);
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
