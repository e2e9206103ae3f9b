namespace EdgeGateway.Timekeeping;

/// <summary>Any other service that disciplines the Linux kernel's clock (ntpd, ptp4l, the host of a container): the kernel knows that one does, not which.</summary>
internal sealed class KernelSource : IClockSource
{
    public string Name => "kernel";

    public Task<ClockReport?> AskAsync(CancellationToken cancellationToken) =>
        Task.FromResult(KernelClock.Read() is { IsSynchronised: true } kernel ? new ClockReport(true, kernel.MaxErrorMs, null) : null);
}
