namespace EdgeGateway.Diagnostics;

/// <summary>How one line is: immutable, replaced as a whole when something changes.</summary>
/// <param name="IsUp">True while a stream is open.</param>
/// <param name="SilentDevices">Devices in back-off.</param>
/// <param name="Trouble">The last error; null while the line is up.</param>
internal sealed record LineStatus(bool IsUp, int SilentDevices, string? Trouble);
