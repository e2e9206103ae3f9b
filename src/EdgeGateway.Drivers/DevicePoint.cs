namespace EdgeGateway.Drivers;

/// <summary>Where in a device one signal is found; each protocol has its own kind. Immutable.</summary>
public abstract class DevicePoint
{
    /// <summary>The signal's name within its device.</summary>
    public required string Signal { get; init; }
}
