using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;
using EdgeGateway.Drivers.OpcUa.Transport;

namespace EdgeGateway.Drivers.OpcUa.Inspection;

/// <summary>Everything that a support engineer asks about a server, as it was found.</summary>
internal sealed record ServerReport
{
    /// <summary>The address that was dialled.</summary>
    public required Uri Url { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Every endpoint with what this gateway makes of it.</summary>
    public required IReadOnlyList<EndpointVerdict> Endpoints { get; init; }

    /// <summary>The certificate of the endpoint that is or would be taken; null if it shows none.</summary>
    public ServerCertificateReport? Certificate { get; init; }

    /// <summary>Our own; null where none is needed.</summary>
    public StoredCertificate? Own { get; init; }

    /// <summary>What was found in a session; null if there was none.</summary>
    public SessionReport? Session { get; init; }

    /// <summary>Why there was no session; null if there was one.</summary>
    public OpcUaException? Trouble { get; init; }

    /// <summary>Who the user was to be.</summary>
    public UserIdentity? User { get; init; }
}

/// <summary>An endpoint, and why it is not taken; null for the one that is.</summary>
internal sealed record EndpointVerdict(EndpointDescription Endpoint, string? WhyNot)
{
    public string Policy => Printable.Text(Endpoint.SecurityPolicyUri?.Split('#')[^1]);

    public bool IsTaken => WhyNot is null;
}

/// <summary>The certificate that a server shows.</summary>
/// <param name="Shown">The certificate.</param>
/// <param name="KeyBits">Of its RSA key; 0 if it has none.</param>
/// <param name="SignatureAlgorithm">How it is signed.</param>
/// <param name="IsForHost">It names the host that was dialled.</param>
/// <param name="Trouble">Why it is not to be trusted here; null if it is.</param>
internal sealed record ServerCertificateReport(StoredCertificate Shown, int KeyBits, string SignatureAlgorithm, bool IsForHost, OpcUaException? Trouble);

/// <summary>A value that the standard gives a place, as the server tells it.</summary>
/// <param name="Key">Its name for programs.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Value">Null where the server does not tell it.</param>
internal sealed record ToldValue(string Key, string Label, Variant? Value);

/// <summary>What was found in a session.</summary>
internal sealed record SessionReport
{
    public required string Policy { get; init; }

    public required MessageSecurityMode Mode { get; init; }

    /// <summary>What was granted, of two minutes that were asked for.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>What the server takes and sends in one chunk and one message.</summary>
    public required TransportLimits Transport { get; init; }

    /// <summary>State, build and times of the server.</summary>
    public required IReadOnlyList<ToldValue> Status { get; init; }

    public required IReadOnlyList<ToldValue> Limits { get; init; }

    /// <summary>Subscriptions, history, redundancy.</summary>
    public required IReadOnlyList<ToldValue> Capabilities { get; init; }

    /// <summary>By index.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary>By how much the server's clock is ahead of ours; null if it does not tell the time.</summary>
    public TimeSpan? ClockAhead { get; init; }

    /// <summary>Of one small read each, shortest first.</summary>
    public required IReadOnlyList<TimeSpan> RoundTrips { get; init; }

    /// <summary>A whole number that the server tells; null if it does not.</summary>
    public long? NumberOf(string key) =>
        Status.Concat(Limits).Concat(Capabilities).FirstOrDefault(each => each.Key == key)?.Value is { IsArray: false, Content: null } value && value.Type is not (BuiltInType.Float or BuiltInType.Double or BuiltInType.DateTime)
            ? value.Bits : null;
}
