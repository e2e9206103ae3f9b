namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>A failure to come.</summary>
/// <param name="At">The operation that fails, counted as <see cref="VolatileDisk.Operations"/> counts: the first is 1.</param>
/// <param name="Trouble">How it fails.</param>
/// <param name="FromThenOn">True if everything after it fails as well, until another fault (or none) is set.</param>
internal sealed record DiskFault(long At, DiskTrouble Trouble, bool FromThenOn = false);
