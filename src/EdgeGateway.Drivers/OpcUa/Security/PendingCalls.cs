namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>The requests of one channel that wait for their answers, by their numbers; and its end, after which nothing waits. From any thread.</summary>
internal sealed class PendingCalls
{
    private const int Most = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, PendingCall> _waiting = [];
    private readonly TaskCompletionSource<OpcUaException> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint _last;

    /// <summary>Ends with the reason; never fails.</summary>
    public Task<OpcUaException> Ended => _ended.Task;

    /// <summary>Gives a number to a call that waits from now on.</summary>
    /// <exception cref="OpcUaException">The channel has ended, or too many wait already.</exception>
    public uint Add(PendingCall call)
    {
        lock (_lock)
        {
            if (_ended.Task.IsCompleted) throw new OpcUaException(StatusCodes.BadSecureChannelClosed, "the channel has ended");
            if (_waiting.Count >= Most) throw OpcUaException.TooLarge($"{Most} requests wait for their answers already");
            var number = NextNeedsLock();
            _waiting.Add(number, call);
            return number;
        }
    }

    /// <summary>A number for a message that is not answered.</summary>
    public uint NextNumber()
    {
        lock (_lock) return NextNeedsLock();
    }

    /// <summary>The call waits no longer; null if none with this number does.</summary>
    public PendingCall? Remove(uint number)
    {
        lock (_lock) return _waiting.Remove(number, out var call) ? call : null;
    }

    /// <summary>The channel ends, once.</summary>
    /// <returns>Who waited, and must be told; null if it had ended before.</returns>
    public IReadOnlyList<PendingCall>? End(OpcUaException reason)
    {
        lock (_lock)
        {
            if (!_ended.TrySetResult(reason)) return null;
            PendingCall[] waiting = [.. _waiting.Values];
            _waiting.Clear();
            return waiting;
        }
    }

    // 0 is the number of no request.
    private uint NextNeedsLock() => ++_last == 0 ? ++_last : _last;
}
