namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>A part of a server with a map of its own.</summary>
internal sealed class OpcUaDevice : DeviceSettings
{
    /// <summary>Asked with one Read per group and slot, instead of taking what a subscription has brought.</summary>
    public bool IsRead { get; init; }
}
