using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.OpcUa.Inspection;

/// <summary>Looks at a server from outside and, where it lets us in, from inside: only reads, and keeps going where one part is refused. Used by one task at a time.</summary>
internal sealed class ServerInspection(ClientSettings settings, TimeProvider time)
{
    private const int Reads = 10;
    private static readonly NodeId CurrentTime = new(2258);

    /// <summary>Finds out what there is to find out.</summary>
    /// <exception cref="OpcUaException">The server cannot be reached, or does not tell its endpoints.</exception>
    public async Task<ServerReport> RunAsync(CancellationToken cancellationToken)
    {
        var offered = await SelectedEndpoint.OfferedAsync(settings, time, cancellationToken).ConfigureAwait(false);
        var taken = offered.Any(each => settings.Endpoint.WhyNot(each) is null) ? settings.Endpoint.Choose(offered) : null;
        var report = new ServerReport
        {
            Url = settings.Url,
            AskedAt = time.GetUtcNow(),
            Endpoints = [.. offered.Select(each => new EndpointVerdict(each, ReferenceEquals(each, taken) ? null : settings.Endpoint.WhyNot(each) ?? "weaker than the one that is taken"))],
            Certificate = CertificateOf(taken ?? offered.FirstOrDefault(each => each.ServerCertificate.Length > 0)),
            Own = settings.Own is null ? null : new StoredCertificate(StoredCertificate.Own, "", settings.Own),
            User = settings.User,
        };
        try
        {
            var session = await Session.OpenAsync(settings, time, cancellationToken).ConfigureAwait(false);
            await using var closing = session.ConfigureAwait(false);
            return report with { Session = await LookAsync(session, cancellationToken).ConfigureAwait(false) };
        }
        catch (OpcUaException e)
        {
            return report with { Trouble = e };
        }
    }

    private ServerCertificateReport? CertificateOf(EndpointDescription? endpoint)
    {
        if (endpoint is null || endpoint.ServerCertificate.Length == 0) return null;
        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadCertificate(endpoint.ServerCertificate.Span);
        }
        catch (CryptographicException)
        {
            return null; // the session's trouble tells it
        }
        OpcUaException? trouble = null;
        try
        {
            var expected = new TrustExpectation(endpoint.Server.ApplicationUri, settings.Url.Host, settings.IgnoreHost, settings.AllowExpired, settings.AllowOldRevocationList);
            settings.Trust.Check(endpoint.ServerCertificate.Span, expected).Dispose();
        }
        catch (OpcUaException e)
        {
            trouble = e;
        }
        using var key = certificate.GetRSAPublicKey();
        return new(new StoredCertificate(trouble is null ? StoredCertificate.Trusted : StoredCertificate.Rejected, "", certificate), key?.KeySize ?? 0, certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value ?? "",
            IsForHost(certificate), trouble);
    }

    private bool IsForHost(X509Certificate2 certificate)
    {
        try
        {
            return certificate.MatchesHostname(settings.Url.Host, allowCommonName: false);
        }
        catch (CryptographicException)
        {
            return false; // an extension that cannot be read names no host
        }
    }

    private async Task<SessionReport> LookAsync(Session session, CancellationToken cancellationToken)
    {
        var server = await ServerState.AskAsync(session, cancellationToken).ConfigureAwait(false);
        var access = new NodeAccess(session, server.Limits);
        var (ahead, trips) = await TimeAsync(access, cancellationToken).ConfigureAwait(false);
        return new SessionReport
        {
            Policy = session.Endpoint.Security.Policy.Name,
            Mode = session.Endpoint.Security.Mode,
            Timeout = session.Timeout,
            Transport = session.Channel.Theirs,
            Status = await ToldAsync(access, ToldNodes.Status, cancellationToken).ConfigureAwait(false),
            Limits = await ToldAsync(access, ToldNodes.Limits, cancellationToken).ConfigureAwait(false),
            Capabilities = await ToldAsync(access, ToldNodes.Capabilities, cancellationToken).ConfigureAwait(false),
            Namespaces = server.Namespaces,
            ClockAhead = ahead,
            RoundTrips = trips,
        };
    }

    private static async Task<IReadOnlyList<ToldValue>> ToldAsync(NodeAccess access, IReadOnlyList<(string Key, string Label, uint Node)> places, CancellationToken cancellationToken)
    {
        var values = await access.ReadAsync([.. places.Select(place => new ReadValueId(new NodeId(place.Node)))], cancellationToken).ConfigureAwait(false);
        return [.. places.Zip(values, (place, value) => new ToldValue(place.Key, place.Label, value.Status.IsGood && !value.Value.IsNull ? value.Value : null))];
    }

    // Some servers set their time once a second only: of several looks the one that is farthest ahead is the freshest.
    private async Task<(TimeSpan? Ahead, List<TimeSpan> Trips)> TimeAsync(NodeAccess access, CancellationToken cancellationToken)
    {
        TimeSpan? ahead = null;
        var trips = new List<TimeSpan>();
        for (var read = 0; read < Reads; read++)
        {
            var (asked, since) = (time.GetUtcNow(), time.GetTimestamp());
            var value = (await access.ReadAsync([new ReadValueId(CurrentTime)], cancellationToken).ConfigureAwait(false))[0];
            var trip = time.GetElapsedTime(since);
            trips.Add(trip);
            if (value.Value.Type != BuiltInType.DateTime || value.Value.IsArray || !value.Status.IsGood) continue;
            var here = new OpcUaTime(value.Value.Bits).ToUtc() - (asked + trip / 2).UtcDateTime;
            if (ahead is null || here > ahead) ahead = here;
        }
        trips.Sort();
        return (ahead, trips);
    }
}
