using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>One line of the plant: tells whether the gateway waits on it for an answer that is still to come.</summary>
internal sealed class WatchedLine
{
    private readonly SimulatedLine _line;
    private readonly TimeSpan _patience;
    private long _askedBefore;
    private volatile bool _wasWell = true;

    public WatchedLine(SimulatedLine line, TimeSpan patience, SimulatedClock clock)
    {
        (_line, _patience) = (line, patience);
        // Called before the question is on its way.
        clock.OnArming(patience, () =>
        {
            _wasWell = IsWell;
            Interlocked.Exchange(ref _askedBefore, Asked);
        });
    }

    public string Name => _line.Name;

    /// <summary>Questions that the devices have taken.</summary>
    public long Asked => _line.Devices.Sum(device => device.Requests);

    private bool IsWell => _line.Devices.All(device => device.Fault.Kind == FaultKind.None);

    /// <summary>False if nobody is asked, or if the question has arrived at a device that is not well, or was not then: only time brings an end.</summary>
    public bool IsToAnswer(SimulatedClock clock)
    {
        if (clock.Armed(_patience) == 0) return false;
        return (_wasWell && IsWell) || Asked == Interlocked.Read(ref _askedBefore);
    }
}
