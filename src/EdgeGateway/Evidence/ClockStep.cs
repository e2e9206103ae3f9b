namespace EdgeGateway.Evidence;

/// <summary>The wall clock moved against the monotonic one, between two looks at both.</summary>
/// <param name="From">Monotonic ms of this boot when they were still in step.</param>
/// <param name="To">Monotonic ms when they no longer were.</param>
/// <param name="Forward">By how much the wall clock went ahead in that time, ms.</param>
/// <param name="Back">By how much it went back, ms; both only where several steps became one.</param>
internal readonly record struct ClockStep(long From, long To, long Forward, long Back)
{
    /// <summary>Both in one.</summary>
    public ClockStep And(ClockStep later) => new(From, later.To, Forward + later.Forward, Back + later.Back);
}
