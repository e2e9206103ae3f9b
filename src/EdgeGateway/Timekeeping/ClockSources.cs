namespace EdgeGateway.Timekeeping;

/// <summary>Who may keep the clock of this machine, the one that can say most first.</summary>
internal static class ClockSources
{
    public static IReadOnlyList<IClockSource> OfThisMachine(TimeProvider time) =>
        OperatingSystem.IsWindows() ? [new W32TimeSource(time)] : [ChronySource.OfThisMachine(time), new TimesyncdSource(time), new KernelSource()];
}
