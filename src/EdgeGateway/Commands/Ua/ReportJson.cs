using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Browsing;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Inspection;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Commands.Ua;

/// <summary>The same report for programs: absent is null, times are UTC, durations are milliseconds.</summary>
internal static class ReportJson
{
    public static string Of(ServerReport report, IReadOnlyList<Warning> warnings)
    {
        var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("url", report.Url.OriginalString);
            json.WriteString("askedAt", report.AskedAt.UtcDateTime);
            WriteEndpoints(json, report);
            WriteCertificate(json, report.Certificate);
            WriteSession(json, report.Session);
            json.WriteString("trouble", report.Trouble is { } trouble ? Printable.Text(trouble.Message) : null);
            json.WriteStartArray("warnings");
            foreach (var warning in warnings)
            {
                json.WriteStartObject();
                json.WriteString("found", warning.Found);
                json.WriteString("remedy", warning.Remedy);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void WriteEndpoints(Utf8JsonWriter json, ServerReport report)
    {
        json.WriteStartArray("endpoints");
        foreach (var verdict in report.Endpoints)
        {
            json.WriteStartObject();
            json.WriteString("url", Printable.Text(verdict.Endpoint.Url));
            json.WriteString("policy", verdict.Policy);
            json.WriteString("mode", verdict.Endpoint.Mode.ToString());
            json.WriteNumber("securityLevel", verdict.Endpoint.SecurityLevel);
            json.WriteStartArray("users");
            foreach (var kind in verdict.Endpoint.UserTokens.Select(token => token.Kind).Distinct()) json.WriteStringValue(kind.ToString());
            json.WriteEndArray();
            json.WriteBoolean("isTaken", verdict.IsTaken);
            json.WriteString("whyNot", verdict.WhyNot);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteCertificate(Utf8JsonWriter json, ServerCertificateReport? certificate)
    {
        if (certificate is null)
        {
            json.WriteNull("certificate");
            return;
        }
        json.WriteStartObject("certificate");
        WriteFacts(json, certificate.Shown);
        json.WriteBoolean("isForHost", certificate.IsForHost);
        json.WriteNumber("keyBits", certificate.KeyBits);
        json.WriteString("signatureAlgorithm", certificate.SignatureAlgorithm);
        json.WriteBoolean("isTrusted", certificate.Trouble is null);
        json.WriteString("status", certificate.Trouble?.Status.ToString());
        json.WriteEndObject();
    }

    private static void WriteFacts(Utf8JsonWriter json, StoredCertificate shown)
    {
        json.WriteString("subject", shown.Subject);
        json.WriteString("issuer", shown.Issued);
        json.WriteString("applicationUri", shown.ApplicationUri);
        json.WriteStartArray("hosts");
        foreach (var host in shown.Hosts) json.WriteStringValue(host);
        json.WriteEndArray();
        json.WriteString("notBefore", shown.NotBefore);
        json.WriteString("notAfter", shown.NotAfter);
        json.WriteString("thumbprint", shown.Thumbprint);
        json.WriteString("sha256", shown.Fingerprint);
    }

    private static void WriteSession(Utf8JsonWriter json, SessionReport? session)
    {
        if (session is null)
        {
            json.WriteNull("session");
            return;
        }
        json.WriteStartObject("session");
        json.WriteString("policy", session.Policy);
        json.WriteString("mode", session.Mode.ToString());
        json.WriteNumber("timeoutMs", session.Timeout.TotalMilliseconds);
        json.WriteNumber("receivesChunkBytes", session.Transport.ReceiveBytes);
        json.WriteNumber("sendsChunkBytes", session.Transport.SendBytes);
        json.WriteNumber("maxMessageBytes", session.Transport.MaxMessageBytes);
        json.WriteNumber("maxChunks", session.Transport.MaxChunks);
        if (session.ClockAhead is { } ahead) json.WriteNumber("clockAheadMs", Math.Round(ahead.TotalMilliseconds, 3));
        else json.WriteNull("clockAheadMs");
        json.WriteStartArray("roundTripsMs");
        foreach (var trip in session.RoundTrips) json.WriteNumberValue(Math.Round(trip.TotalMilliseconds, 3));
        json.WriteEndArray();
        foreach (var (name, values) in new[] { ("server", session.Status), ("limits", session.Limits), ("capabilities", session.Capabilities) })
        {
            json.WriteStartObject(name);
            foreach (var told in values) WriteTold(json, session, told);
            json.WriteEndObject();
        }
        json.WriteStartArray("namespaces");
        foreach (var uri in session.Namespaces) json.WriteStringValue(Printable.Text(uri));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTold(Utf8JsonWriter json, SessionReport session, ToldValue told)
    {
        switch (told.Value)
        {
            case null: json.WriteNull(told.Key); break;
            case { Type: BuiltInType.Boolean, IsArray: false } flag: json.WriteBoolean(told.Key, flag.Bits != 0); break;
            case { Type: BuiltInType.Double, IsArray: false } number when double.IsFinite(number.AsDouble): json.WriteNumber(told.Key, number.AsDouble); break;
            case { Content: string text }: json.WriteString(told.Key, Printable.Text(text)); break;
            case { Content: LocalizedText text }: json.WriteString(told.Key, Printable.Text(text.Text)); break;
            case { Type: BuiltInType.DateTime, IsArray: false } at: json.WriteString(told.Key, new OpcUaTime(at.Bits).ToUtc().ToString("O", CultureInfo.InvariantCulture)); break;
            case { } when session.NumberOf(told.Key) is { } whole: json.WriteNumber(told.Key, whole); break;
            case { } other: json.WriteString(told.Key, ValueText.Of(other)); break;
        }
    }
}
