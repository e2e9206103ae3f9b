using System.Collections.Immutable;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>One cable or socket and the devices that take turns on it.</summary>
/// <param name="Name">Unique in the plant.</param>
/// <param name="Connect">Where: <c>tcp://host:port</c>.</param>
/// <param name="Protocol">What is spoken on it.</param>
/// <param name="Devices">At least one.</param>
internal sealed record Line(string Name, Uri Connect, DriverType Protocol, ImmutableArray<Device> Devices);
