namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>What a server's certificate must say beside being trusted.</summary>
/// <param name="ApplicationUri">The server's own URI, as its endpoints name it; a server that names none is refused.</param>
/// <param name="Host">The host that is dialled.</param>
/// <param name="IgnoreHost">The site allows a certificate for another host (a server behind address translation).</param>
/// <param name="AllowExpired">The site allows a certificate outside its time.</param>
/// <param name="AllowOldRevocationList">The site allows a revocation list whose successor is overdue.</param>
internal sealed record TrustExpectation(string? ApplicationUri, string Host, bool IgnoreHost = false, bool AllowExpired = false, bool AllowOldRevocationList = false);
