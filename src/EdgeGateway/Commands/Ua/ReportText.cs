using System.Globalization;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Browsing;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Inspection;

namespace EdgeGateway.Commands.Ua;

/// <summary>A report that can be read out over the telephone.</summary>
internal sealed class ReportText(TextWriter output)
{
    private static readonly string[] States = ["running", "failed", "without configuration", "suspended", "shutting down", "in test", "faulty in its communication", "unknown"];

    public void Write(ServerReport report, IReadOnlyList<Warning> warnings)
    {
        output.WriteLine($"{report.Url.OriginalString}, asked at {report.AskedAt.UtcDateTime:u}");
        WriteEndpoints(report);
        WriteCertificate(report);
        if (report.Session is { } session) WriteSession(session);
        Title("Warnings");
        foreach (var warning in warnings) output.WriteLine($"  * {warning.Found}\n    {warning.Remedy}");
        if (warnings.Count == 0) output.WriteLine("  none");
    }

    private void Title(string title) => output.WriteLine($"\n{title}");

    private void Line(string label, string text) => output.WriteLine($"  {label,-34}{text}");

    private void WriteEndpoints(ServerReport report)
    {
        Title($"Endpoints ({report.Endpoints.Count})");
        foreach (var verdict in report.Endpoints)
        {
            var endpoint = verdict.Endpoint;
            output.WriteLine($"  {(verdict.IsTaken ? "->" : "  ")} {verdict.Policy}, {endpoint.Mode}, level {endpoint.SecurityLevel}: {verdict.WhyNot ?? "this one is taken"}");
            output.WriteLine($"       {Printable.Text(endpoint.Url)}; users: {string.Join(", ", endpoint.UserTokens.Select(token => token.Kind).Distinct())}");
        }
        if (report.Endpoints is not [var first, ..]) return;
        Line("application", Printable.Text(first.Endpoint.Server.Name.Text));
        Line("application URI", Printable.Text(first.Endpoint.Server.ApplicationUri));
    }

    private void WriteCertificate(ServerReport report)
    {
        Title("Certificate of the server");
        if (report.Certificate is not { } certificate)
        {
            output.WriteLine("  none that can be read");
            return;
        }
        var shown = certificate.Shown;
        Line("subject", shown.Subject);
        Line("issuer", shown.Issued == shown.Subject ? "itself" : shown.Issued);
        Line("application", shown.ApplicationUri ?? "none named");
        Line("hosts", $"{(shown.Hosts.Count > 0 ? string.Join(", ", shown.Hosts) : "none named")}{(certificate.IsForHost ? "" : $" (not {report.Url.Host})")}");
        Line("valid", $"{shown.NotBefore:u} to {shown.NotAfter:u}{CertificateText.Expiry(shown)}");
        Line("key", $"RSA {certificate.KeyBits} bits, signed with {certificate.SignatureAlgorithm}");
        Line("thumbprint (SHA-1)", shown.Thumbprint);
        Line("SHA-256", shown.Fingerprint);
        Line("trust", certificate.Trouble is { } trouble ? $"no: {trouble.Status}" : "yes");
    }

    private void WriteSession(SessionReport session)
    {
        Title($"Session ({session.Policy}, {session.Mode})");
        Line("timeout", $"{session.Timeout.TotalSeconds:0} s");
        Line("chunks", $"receives {session.Transport.ReceiveBytes} bytes, sends {session.Transport.SendBytes}");
        Line("messages", $"{OrNone(session.Transport.MaxMessageBytes)} bytes, {OrNone(session.Transport.MaxChunks)} chunks");
        Line("round trip", session.RoundTrips.Count == 0 ? "not measured" : $"{Milliseconds(session.RoundTrips[0])} at best, {Milliseconds(session.RoundTrips[session.RoundTrips.Count / 2])} in the middle, {Milliseconds(session.RoundTrips[^1])} at worst of {session.RoundTrips.Count}");
        Line("clock", session.ClockAhead is { } ahead ? string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(ahead.TotalSeconds):0.000} s {(ahead >= TimeSpan.Zero ? "ahead of" : "behind")} ours") : "not told");
        Title("Server");
        foreach (var told in session.Status) Line(told.Label, told.Key == ToldNodes.State && session.NumberOf(told.Key) is >= 0 and < 8 and { } state ? States[state] : TextOf(told.Value));
        Title("Namespaces");
        for (var at = 0; at < session.Namespaces.Count; at++) output.WriteLine($"  {at,3}  {Printable.Text(session.Namespaces[at])}");
        Title("Limits (0: none)");
        foreach (var told in session.Limits) Line(told.Label, TextOf(told.Value));
        Title("Capabilities (0: no limit)");
        foreach (var told in session.Capabilities) Line(told.Label, TextOf(told.Value));
    }

    private static string OrNone(uint limit) => limit == 0 ? "any number of" : limit.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan trip) => string.Create(CultureInfo.InvariantCulture, $"{trip.TotalMilliseconds:0.0} ms");

    private static string TextOf(Variant? value) => value switch
    {
        null => "not told",
        { Content: LocalizedText text } => Printable.Text(text.Text),
        { Content: string text } => Printable.Text(text),
        { } other => ValueText.Of(other),
    };
}
