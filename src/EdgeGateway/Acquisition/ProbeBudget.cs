namespace EdgeGateway.Acquisition;

/// <summary>
/// Keeps what a line spends on waiting for dead devices at a twentieth of its time, however many of them there are. Devices that want a probe get it in the order in
/// which they first asked: one that is asked seldom is not overtaken for ever by those that are asked often.
/// </summary>
internal sealed class ProbeBudget(TimeProvider time)
{
    /// <summary>A probe in vain is followed by nineteen times its cost without another one.</summary>
    private const int PauseForCost = 19;

    private readonly List<DeviceState> _waiting = [];
    private long _spentAt;
    private TimeSpan _pause;

    /// <summary>True if this device may be probed now; otherwise it is in the queue from now on.</summary>
    public bool MayProbe(DeviceState device)
    {
        if (!_waiting.Contains(device)) _waiting.Add(device);
        return time.GetElapsedTime(_spentAt) >= _pause && _waiting[0] == device;
    }

    /// <summary>The device was probed or answered, or has a chance without it: it waits for nothing.</summary>
    public void Done(DeviceState device) => _waiting.Remove(device);

    /// <summary>A probe was in vain and took so long.</summary>
    public void Spend(TimeSpan cost) => (_spentAt, _pause) = (time.GetTimestamp(), cost * PauseForCost);
}
