using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>One line of the plant: tells whether the gateway waits on it for an answer that is still to come.</summary>
internal sealed class WatchedLine
{
    /// <summary>An answer that a sick device holds back keeps those after it waiting, also once the device is mended.</summary>
    private static readonly TimeSpan LongestHangover = TimeSpan.FromSeconds(5);

    /// <summary>Real time. What has not come over loopback by then will not come, as behind a device that lost a question: the gateway's patience has to end the wait.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(15);

    private readonly SimulatedLine _line;
    private readonly TimeSpan _patience;
    private readonly HeldAnswers _held;
    private long _askedBefore;
    private long _unwellUntil = -1;
    private long _askedAt;

    public WatchedLine(SimulatedLine line, TimeSpan patience, HeldAnswers held, SimulatedClock clock)
    {
        (_line, _patience, _held) = (line, patience, held);
        // Called before the question is on its way.
        clock.OnArming(patience, () =>
        {
            if (!IsWell) Interlocked.Exchange(ref _unwellUntil, (clock.Elapsed + LongestHangover).Ticks);
            Interlocked.Exchange(ref _askedBefore, Asked);
            Interlocked.Exchange(ref _askedAt, TimeProvider.System.GetTimestamp());
        });
    }

    public string Name => _line.Name;

    /// <summary>Questions that the devices have taken.</summary>
    public long Asked => _line.Devices.Sum(device => device.Requests);

    private bool IsWell => _line.Devices.All(device => device.Fault.Kind == FaultKind.None);

    /// <summary>
    /// False if nobody is asked, or if only time brings an end: the question has arrived at a device that is not well, or was not shortly before, or it does
    /// not arrive because the device holds back an earlier answer.
    /// </summary>
    public bool IsToAnswer(SimulatedClock clock)
    {
        if (clock.Armed(_patience) == 0 || TimeProvider.System.GetElapsedTime(Interlocked.Read(ref _askedAt)) > Overdue) return false;
        if (IsWell && clock.Elapsed.Ticks > Interlocked.Read(ref _unwellUntil)) return true;
        return Asked == Interlocked.Read(ref _askedBefore) && _held.Count == 0;
    }
}
