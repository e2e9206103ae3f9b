using EdgeGateway.Config;
using EdgeGateway.Diagnostics;

namespace EdgeGateway.Acquisition;

/// <summary>
/// Whether a device is worth asking. After two silent polls in a row it is left alone for a growing time, then asked once: a dead device costs
/// its line at most one timeout per back-off.
/// </summary>
internal sealed class DeviceState(Device device, DeviceFigures figures, TimeProvider time, Random random)
{
    private const int SilentPollsAllowed = 2;

    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2), random);
    private int _silentPolls;
    private long _leftAloneSince;
    private TimeSpan _leaveAlone;

    public Device Device { get; } = device;

    public DeviceFigures Figures { get; } = figures;

    /// <summary>How long a probe waits for it.</summary>
    public AnswerTime AnswerTime { get; } = new(device.Settings.Timeout);

    public bool IsDemoted { get; private set; }

    /// <summary>True if the device may be asked now.</summary>
    public bool MayAsk => !IsDemoted || time.GetElapsedTime(_leftAloneSince) >= _leaveAlone;

    /// <summary>The device answered; true if that is news.</summary>
    public bool Answered()
    {
        var isNews = IsDemoted;
        IsDemoted = false;
        _silentPolls = 0;
        _backoff.Reset();
        return isNews;
    }

    /// <summary>The device said nothing; true if it is left alone from now on and was not before.</summary>
    public bool WasSilent()
    {
        if (++_silentPolls < SilentPollsAllowed) return false;
        var isNews = !IsDemoted;
        IsDemoted = true;
        _leftAloneSince = time.GetTimestamp();
        _leaveAlone = _backoff.Next();
        return isNews;
    }

    /// <summary>A new stream: everyone gets a fresh chance; one that was left alone only a single one.</summary>
    public void ForgetSilence()
    {
        _silentPolls = IsDemoted ? SilentPollsAllowed - 1 : 0;
        IsDemoted = false;
    }
}
