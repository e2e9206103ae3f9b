namespace EdgeGateway.Diagnostics;

/// <summary>How one line is: immutable, replaced as a whole when something changes.</summary>
/// <param name="IsUp">True while a stream is open.</param>
/// <param name="SilentDevices">Devices in back-off.</param>
/// <param name="Trouble">The last error, or that nobody on the line answers; null while all is well.</param>
internal sealed record LineStatus(bool IsUp, int SilentDevices, string? Trouble);
