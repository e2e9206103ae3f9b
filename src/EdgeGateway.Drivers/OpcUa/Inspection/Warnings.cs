using System.Globalization;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Polling;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.OpcUa.Inspection;

/// <summary>Something about a server that will cost somebody time, and what to do about it.</summary>
internal sealed record Warning(string Found, string Remedy);

/// <summary>What of a report deserves a word; pure.</summary>
internal static class Warnings
{
    private const int MonthDays = 30;
    private const int FewNodes = 100;
    private const int LowServiceLevel = 200; // OPC 10000-4, 6.6.2.4.2: healthy from 200 on
    private const int SlowSamplingMilliseconds = 1000;

    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SlowTrip = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ShortSession = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<Warning> Of(ServerReport report) =>
        [.. OfTrouble(report), .. OfEndpoints(report), .. OfCertificate(report), .. OfOwn(report), .. report.Session is { } session ? OfSession(session) : []];

    private static IEnumerable<Warning> OfTrouble(ServerReport report)
    {
        // What is wrong with the certificate is said there.
        if (report.Trouble is { } trouble && report.Certificate?.Trouble?.Status.Code != trouble.Status.Code)
            yield return new("no session could be opened", ServerTrouble.Explain(report.Url, report.User, trouble));
    }

    private static IEnumerable<Warning> OfEndpoints(ServerReport report)
    {
        var secured = report.Endpoints.Where(each => each.Endpoint.Mode is MessageSecurityMode.Sign or MessageSecurityMode.SignAndEncrypt).ToList();
        if (secured.Count == 0) yield return new("the server offers no endpoint with security", "switch one with SignAndEncrypt on at the server; whoever is in its network can read and change everything");
        if (report.Endpoints.Any(each => each.Endpoint.Mode == MessageSecurityMode.None && each.Endpoint.UserTokens.Any(token => token.Kind == UserTokenKind.Anonymous)))
            yield return new("anybody in its network may connect: an endpoint without security takes anonymous users", "switch it off at the server, or take anonymous users from it");
        var old = secured.Where(each => each.Policy is "Basic128Rsa15" or "Basic256").Select(each => each.Policy).Distinct().ToList();
        if (old.Count > 0) yield return new($"it offers {string.Join(" and ", old)}, which rest on SHA-1", "switch them off at the server once no other client needs them");
        if (report.Endpoints.Select(each => HostOf(each.Endpoint.Url)).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Where(host => !host.Equals(report.Url.Host, StringComparison.OrdinalIgnoreCase)).ToList() is { Count: > 0 } others)
            yield return new($"it calls itself {Printable.Text(string.Join(", ", others))}, and was asked at {report.Url.Host}", "nothing for this gateway, which keeps to the address in connect; other clients may need the name in their hosts file");
        if (report.Endpoints.Select(each => each.Endpoint.ServerCertificate).Where(bytes => bytes.Length > 0).Distinct().Count() > 1)
            yield return new("its endpoints show different certificates", "look which one the server's own tool shows, and trust that one only");
    }

    private static string? HostOf(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Host.Length > 0 ? address.Host : null;

    private static IEnumerable<Warning> OfCertificate(ServerReport report)
    {
        if (report.Certificate is not { } certificate) yield break;
        if (certificate.Trouble is { } trouble) yield return new("its certificate is not trusted here", ServerTrouble.Explain(report.Url, report.User, trouble));
        var left = certificate.Shown.NotAfter - report.AskedAt.UtcDateTime;
        if (left < TimeSpan.Zero) yield return new($"its certificate has expired at {certificate.Shown.NotAfter:u}", "have the server make a new one, and accept it here");
        else if (left < TimeSpan.FromDays(MonthDays)) yield return new($"its certificate is valid for {Math.Ceiling(left.TotalDays):0} more days", "have the server make a new one, and accept it here before the old one ends");
        if (!certificate.IsForHost && certificate.Trouble is { } other && other.Status.Code != StatusCodes.BadCertificateHostNameInvalid) // where it is trusted all the same, somebody has written so
            yield return new($"its certificate is for {(certificate.Shown.Hosts.Count > 0 ? string.Join(", ", certificate.Shown.Hosts) : "no host at all")}, not for {report.Url.Host}", "use a name it is made for, have it made anew, or write ignore-host: yes for this server");
        if (certificate.KeyBits < SecurityPolicy.MinKeyBits) yield return new($"its key has {certificate.KeyBits} bits", $"have one made with {SecurityPolicy.MinKeyBits} or more");
        if (certificate.SignatureAlgorithm.Contains("sha1", StringComparison.OrdinalIgnoreCase)) yield return new("its certificate is signed with SHA-1", "have one made with SHA-256");
    }

    private static IEnumerable<Warning> OfOwn(ServerReport report)
    {
        if (report.Own is { } own && own.NotAfter - report.AskedAt.UtcDateTime < TimeSpan.FromDays(MonthDays))
            yield return new($"our own certificate {own.Thumbprint} ends at {own.NotAfter:u}", "EdgeGateway trust own renew makes the next one; have every server trust it before the old one ends");
    }

    private static IEnumerable<Warning> OfSession(SessionReport session)
    {
        if (session.NumberOf(ToldNodes.State) is { } state and not 0) yield return new($"the server says that it is not running (state {state})", "look at the server; its values have the statuses that it gives them");
        if (session.NumberOf(ToldNodes.ServiceLevel) is { } level and < LowServiceLevel) yield return new($"its service level is {level} of 255", "look at the server: it says itself that it is not whole, or that another one of a redundant set is the better one");
        if (session.ClockAhead is { } ahead && ahead.Duration() > ClockTolerance)
            yield return new(string.Create(CultureInfo.InvariantCulture, $"its clock is {ahead.Duration().TotalSeconds:0.0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} ours"), "let both take their time from the same source (NTP); until then its time stamps and ours do not fit together");
        if (session.Timeout < ShortSession) yield return new($"it keeps a session for {session.Timeout.TotalSeconds:0} s only", "raise it at the server: after a longer cut of the link a new session has to be made");
        if (session.NumberOf(ToldNodes.MaxNodesPerRead) is > 0 and < FewNodes and { } reads) yield return new($"it takes {reads} nodes in one read", "raise the limit at the server, or expect many calls");
        if (session.NumberOf(ToldNodes.MaxMonitoredItemsPerCall) is > 0 and < FewNodes and { } items) yield return new($"it takes {items} monitored items in one call", "raise the limit at the server, or expect a slow start of every connection");
        if (SamplingOf(session) is > SlowSamplingMilliseconds and { } sampling) yield return new(string.Create(CultureInfo.InvariantCulture, $"it looks at its values every {sampling:0} ms at the fastest"), "do not ask for groups that are faster");
        if (session.NumberOf(ToldNodes.AccessHistoryData) is null or 0) yield return new("it says that it keeps no history of values", "lengthen queue in the map for what must survive a cut of the link");
        if (session is { RoundTrips: [.., _] trips } && trips[trips.Count / 2] > SlowTrip) yield return new($"an answer takes {trips[trips.Count / 2].TotalMilliseconds:0} ms", "look at the network between, and at the server's load; lengthen timeout for cyclic reads");
        if (session.NumberOf(ToldNodes.MaxSessions) is > 0 and { } most && session.NumberOf(ToldNodes.CurrentSessions) is { } now && now >= most) yield return new($"all of its {most} sessions are in use", "end those of other clients, or raise the limit");
        if (session.Namespaces.Distinct().Count() < session.Namespaces.Count) yield return new("it tells one namespace twice", "have the server's configuration mended: nodes of the second one cannot be named by their URI");
    }

    private static double? SamplingOf(SessionReport session) =>
        session.Capabilities.First(each => each.Key == ToldNodes.MinSupportedSampleRate).Value is { Type: Encoding.BuiltInType.Double, IsArray: false } value ? value.AsDouble : null;
}
