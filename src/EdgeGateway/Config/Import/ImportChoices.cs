using EdgeGateway.Drivers;

namespace EdgeGateway.Config.Import;

/// <summary>How addresses of a point table count.</summary>
internal enum AddressBase
{
    /// <summary>As on the wire, from 0.</summary>
    Zero,

    /// <summary>From 1.</summary>
    One,

    /// <summary>With the table in front and counted from 1: 40001 is holding register 0.</summary>
    Modicon,
}

/// <summary>What the person at the keyboard says, for what a table does not say itself. Null where nothing was said.</summary>
/// <param name="Protocol">Whose rules the points must keep to.</param>
/// <param name="Group">The group of all points.</param>
/// <param name="Addresses">How addresses count.</param>
/// <param name="Area">The table of points that name none.</param>
/// <param name="Order">The order of numbers of several registers that name none.</param>
internal sealed record ImportChoices(DriverType Protocol, string Group, AddressBase? Addresses, string? Area, string? Order);
