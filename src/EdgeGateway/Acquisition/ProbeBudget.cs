namespace EdgeGateway.Acquisition;

/// <summary>Keeps what a line spends on waiting for dead devices at a twentieth of its time, however many of them there are.</summary>
internal sealed class ProbeBudget(TimeProvider time)
{
    /// <summary>A probe in vain is followed by nineteen times its cost without another one.</summary>
    private const int PauseForCost = 19;

    private long _spentAt;
    private TimeSpan _pause;

    public bool MayProbe => time.GetElapsedTime(_spentAt) >= _pause;

    /// <summary>A probe was in vain and took so long.</summary>
    public void Spend(TimeSpan cost) => (_spentAt, _pause) = (time.GetTimestamp(), cost * PauseForCost);
}
