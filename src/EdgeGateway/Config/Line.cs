using System.Collections.Immutable;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>One cable or socket and the devices that take turns on it.</summary>
/// <param name="Name">Unique in the plant.</param>
/// <param name="Connect">Where: <c>tcp://host:port</c>, <c>serial:///dev/ttyS0?baud=9600</c>.</param>
/// <param name="Protocol">What is spoken with devices that name no protocol of their own.</param>
/// <param name="Devices">At least one.</param>
internal sealed record Line(string Name, Uri Connect, DriverType Protocol, ImmutableArray<Device> Devices)
{
    /// <summary>The line's own keys as <see cref="Protocol"/> has read them; null for a protocol without any.</summary>
    public LineSettings? Settings { get; init; }

    /// <summary>Everything that is spoken on it.</summary>
    public IEnumerable<DriverType> Protocols => Devices.Select(ProtocolOf).Distinct();

    /// <summary>What is spoken with a device of this line.</summary>
    public DriverType ProtocolOf(Device device) => device.OwnProtocol ?? Protocol;

    /// <summary>Where, for people: without a serial port's settings.</summary>
    public string Address => Connect.GetLeftPart(Connect.Scheme == SerialAddress.Scheme ? UriPartial.Path : UriPartial.Authority);
}
