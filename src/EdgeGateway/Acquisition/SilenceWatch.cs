namespace EdgeGateway.Acquisition;

/// <summary>
/// Tells a line on which nobody answers from single dead devices. While one device after the other falls silent nothing is said of them; either somebody
/// answers, and the silent ones are named, or everybody who was living has been asked and stays silent, and that is one fault of the line.
/// </summary>
internal sealed class SilenceWatch(DeviceState[] devices)
{
    /// <summary>Fewer silent polls than this prove nothing of a line.</summary>
    private const int LeastPolls = 3;

    private readonly HashSet<DeviceState> _living = [];
    private readonly HashSet<DeviceState> _notYetSilent = [];
    private readonly List<DeviceState> _unnamed = [];
    private bool _isCounting;
    private bool _isTold;

    /// <summary>True from the fault until somebody answers.</summary>
    public bool IsLineSilent { get; private set; }

    /// <summary>Silent polls of living devices since anybody answered or the line was dialled.</summary>
    public int SilentPolls { get; private set; }

    /// <summary>A poll or a probe of a device was silent; true if with it, once more since the dial, all that were living are.</summary>
    /// <param name="device">The device.</param>
    /// <param name="isNewlyDemoted">True if it is left alone from now on.</param>
    public bool WasSilent(DeviceState device, bool isNewlyDemoted)
    {
        if (!_isCounting) Begin(isNewlyDemoted ? device : null);
        if (isNewlyDemoted && !IsLineSilent && !_unnamed.Contains(device)) _unnamed.Add(device);
        // Those that were dead already say nothing about the line.
        if (!_living.Contains(device)) return false;
        SilentPolls++;
        _notYetSilent.Remove(device);
        if (_isTold || _notYetSilent.Count > 0 || SilentPolls < LeastPolls) return false;
        _isTold = true;
        _unnamed.Clear();
        return true;
    }

    /// <summary>The line's fault has been said.</summary>
    public void NameLine() => IsLineSilent = true;

    /// <summary>True if the device is silent and nobody has been told yet.</summary>
    public bool IsUnnamed(DeviceState device) => _unnamed.Contains(device);

    /// <summary>Somebody answered; true if there is news, with the devices that are silent beside it, to be named now.</summary>
    public bool Answered(DeviceState answering, out IReadOnlyList<DeviceState> silent)
    {
        _isCounting = false;
        silent = [];
        return (IsLineSilent || _unnamed.Count > 0) && HasNews(answering, out silent);
    }

    /// <summary>A new stream: everybody has a chance again.</summary>
    public void Dialled() => _isCounting = false;

    private void Begin(DeviceState? newlyDemoted)
    {
        (_isCounting, _isTold, SilentPolls) = (true, false, 0);
        _living.Clear();
        _notYetSilent.Clear();
        foreach (var device in devices)
        {
            if (device.IsDemoted && device != newlyDemoted) continue;
            _living.Add(device);
            _notYetSilent.Add(device);
        }
    }

    private bool HasNews(DeviceState answering, out IReadOnlyList<DeviceState> silent)
    {
        silent = [.. _unnamed.Where(device => device != answering)];
        IsLineSilent = false;
        _unnamed.Clear();
        return true;
    }
}
