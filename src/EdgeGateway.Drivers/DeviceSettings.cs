namespace EdgeGateway.Drivers;

/// <summary>How one device on a line is addressed and how much it bears; each protocol has its own kind. Immutable.</summary>
public abstract class DeviceSettings
{
    /// <summary>How long the device may take to answer one question. Default 1 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);
}
