using System.Collections.Immutable;

namespace EdgeGateway.Drivers;

/// <summary>
/// Points of one device that are asked together, once per period. Immutable; compared by reference, so a driver may keep its read plan
/// beside it (<c>ConditionalWeakTable</c> or a dictionary).
/// </summary>
/// <param name="id">Full name, <c>device/group</c>.</param>
/// <param name="device">How the device is addressed.</param>
/// <param name="period">Time between two slots, at least 50 ms.</param>
/// <param name="points">In the order of <see cref="DriverType.Compare"/>; between 1 and <see cref="MaxPoints"/>.</param>
public sealed class PollGroup(string id, DeviceSettings device, TimeSpan period, ImmutableArray<DevicePoint> points)
{
    /// <summary>The most points in one group: larger ones are cut by the configuration, so that one poll always fits one sealed line.</summary>
    public const int MaxPoints = 250;

    /// <summary>Full name, <c>device/group</c>.</summary>
    public string Id { get; } = id;

    /// <summary>How the device is addressed.</summary>
    public DeviceSettings Device { get; } = device;

    /// <summary>Time between two slots.</summary>
    public TimeSpan Period { get; } = period;

    /// <summary>The points in asking order.</summary>
    public ImmutableArray<DevicePoint> Points { get; } = points;
}
