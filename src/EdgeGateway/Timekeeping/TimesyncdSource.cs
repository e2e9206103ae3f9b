namespace EdgeGateway.Timekeeping;

/// <summary>systemd-timesyncd: touches a file whenever it has set the clock right, and tells the kernel the rest.</summary>
internal sealed class TimesyncdSource(TimeProvider time, string folder = "/run/systemd/timesync") : IClockSource
{
    public string Name => "timesyncd";

    public Task<ClockReport?> AskAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Directory.Exists(folder) && KernelClock.Read() is { } kernel ? Report(kernel.IsSynchronised, kernel.MaxErrorMs) : null);

    private ClockReport Report(bool isSynchronised, double maxErrorMs)
    {
        var touched = new FileInfo(Path.Combine(folder, "synchronized"));
        if (!touched.Exists || !isSynchronised) return new ClockReport(false, null, null);
        var age = time.GetUtcNow() - touched.LastWriteTimeUtc;
        return new ClockReport(true, maxErrorMs, age < TimeSpan.Zero ? TimeSpan.Zero : age);
    }
}
