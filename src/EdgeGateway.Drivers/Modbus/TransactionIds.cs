namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// Gives each question on Modbus TCP its transaction id. They count through all 65,536 values and never start again, not even on a new stream (some serial
/// servers pass an old answer on to the next connection). An id that was given up, whose answer may therefore still come, is passed over for
/// two minutes, twice the longest timeout, however fast the questions follow each other.
/// </summary>
internal sealed class TransactionIds(TimeProvider time)
{
    /// <summary>
    /// Ids kept; the oldest makes room. Of silent devices at most <see cref="ModbusDevice.ProtocolMaxWindow"/> are given up in a timeout, and while one is waited for nothing
    /// else is asked. Devices that answer badly, at once, can fill it in seconds; an id that has to make room for theirs is still used last of all 65,536.
    /// </summary>
    public const int MaxGivenUp = 1024;

    /// <summary>How long an id that was given up is not used again.</summary>
    public static readonly TimeSpan Lapse = TimeSpan.FromMinutes(2);

    private readonly Queue<(ushort Id, long At)> _givenUp = new();
    private ushort _last;

    /// <summary>The id of the next question.</summary>
    public ushort Next()
    {
        while (_givenUp.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) >= Lapse) _givenUp.Dequeue();
        do _last = unchecked((ushort)(_last + 1));
        while (IsGivenUp(_last));
        return _last;
    }

    /// <summary>The answer to this question is no longer waited for, and may still come.</summary>
    public void GiveUp(ushort id)
    {
        if (_givenUp.Count == MaxGivenUp) _givenUp.Dequeue();
        _givenUp.Enqueue((id, time.GetTimestamp()));
    }

    private bool IsGivenUp(ushort id)
    {
        foreach (var (one, _) in _givenUp)
            if (one == id) return true;
        return false;
    }
}
