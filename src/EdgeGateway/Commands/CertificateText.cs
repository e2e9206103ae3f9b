using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Commands;

/// <summary>A certificate for people, who compare it with what the other side shows.</summary>
internal static class CertificateText
{
    public static void Write(StoredCertificate one, TextWriter output)
    {
        output.WriteLine($"place        {one.Place}: {one.File}");
        output.WriteLine($"subject      {one.Subject}");
        output.WriteLine($"issuer       {(one.Issued == one.Subject ? "itself" : one.Issued)}");
        output.WriteLine($"application  {one.ApplicationUri ?? "none named"}");
        output.WriteLine($"hosts        {(one.Hosts.Count > 0 ? string.Join(", ", one.Hosts) : "none named")}");
        output.WriteLine($"valid        {one.NotBefore:u} to {one.NotAfter:u}{Expiry(one)}");
        output.WriteLine($"thumbprint   {one.Thumbprint} (SHA-1)");
        output.WriteLine($"SHA-256      {one.Fingerprint}");
    }

    /// <summary><c> (expired)</c> or <c> (12 days left)</c>; nothing for a certificate that is valid for longer than a month.</summary>
    public static string Expiry(StoredCertificate one)
    {
        var left = one.NotAfter - TimeProvider.System.GetUtcNow().UtcDateTime;
        return left < TimeSpan.Zero ? " (expired)" : left < TimeSpan.FromDays(30) ? $" ({Math.Ceiling(left.TotalDays):0} days left)" : "";
    }
}
