namespace EdgeGateway.Acquisition;

/// <summary>
/// Tells a line on which nobody answers from single dead devices. While one device after the other falls silent nothing is said of them; either somebody
/// answers, and the silent ones are named, or everybody stays silent, and that is one fault of the line.
/// </summary>
internal sealed class SilenceWatch(DeviceState[] devices)
{
    /// <summary>Fewer silent polls than this in a row prove nothing of a line.</summary>
    private const int LeastPolls = 3;

    private readonly List<DeviceState> _unnamed = [];
    private int _inARow;
    private int _needed;

    /// <summary>True from the fault until somebody answers.</summary>
    public bool IsLineSilent { get; private set; }

    /// <summary>Silent polls since anybody answered or the line was dialled.</summary>
    public int SilentPolls => _inARow;

    /// <summary>A poll was silent; true if with it, once more since the dial, all are.</summary>
    /// <param name="newlyDemoted">The device, if it is left alone from now on.</param>
    public bool WasSilent(DeviceState? newlyDemoted)
    {
        // Those that are dead already say nothing about the line.
        if (_inARow == 0) _needed = Math.Max(LeastPolls, devices.Count(device => !device.IsDemoted || device == newlyDemoted));
        if (newlyDemoted is not null && !IsLineSilent) _unnamed.Add(newlyDemoted);
        if (++_inARow != _needed) return false;
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
        _inARow = 0;
        silent = [];
        if (!IsLineSilent && _unnamed.Count == 0) return false;
        silent = [.. _unnamed.Where(device => device != answering)];
        IsLineSilent = false;
        _unnamed.Clear();
        return true;
    }

    /// <summary>A new stream: everybody has a chance again.</summary>
    public void Dialled() => _inARow = 0;
}
