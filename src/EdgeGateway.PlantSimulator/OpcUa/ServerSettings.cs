using System.Collections.Immutable;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>What a simulated server offers, and how much of it. Limits are served where the standard has a node for them, and enforced.</summary>
internal sealed record ServerSettings
{
    public string ApplicationUri { get; init; } = "urn:simulated-plant:server";

    /// <summary>An endpoint without any protection.</summary>
    public bool HasNone { get; init; } = true;

    /// <summary>Endpoints of Basic256Sha256, Sign and SignAndEncrypt.</summary>
    public bool HasBasic256Sha256 { get; init; } = true;

    public bool TakesAnonymous { get; init; } = true;

    /// <summary>Users and their passwords; none: no user names.</summary>
    public ImmutableDictionary<string, string> Users { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>A folder with <c>server.pem</c> and <c>server.key</c>, made there if they are missing; null for a certificate that lives as long as the server.</summary>
    public string? CertificateFolder { get; init; }

    public int KeyBits { get; init; } = 2048;

    /// <summary>The grain of time: scans, samples and publishing happen at its multiples.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often the values move.</summary>
    public TimeSpan Scan { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Values kept of each variable.</summary>
    public int History { get; init; } = 10_000;

    public int MaxConnections { get; init; } = 100;

    public int MaxSessions { get; init; } = 50;

    public uint MaxNodesPerRead { get; init; } = 1000;

    public uint MaxNodesPerBrowse { get; init; } = 100;

    public uint MaxNodesPerRegister { get; init; } = 1000;

    public uint MaxNodesPerTranslate { get; init; } = 1000;

    public uint MaxItemsPerCall { get; init; } = 1000;

    public uint MaxNodesPerHistoryRead { get; init; } = 10;

    public uint MaxHistoryValues { get; init; } = 1000;

    /// <summary>Per session, of browsing and of history each.</summary>
    public ushort MaxContinuationPoints { get; init; } = 10;

    /// <summary>References in one answer to a browse, whatever the client asks for.</summary>
    public uint MaxReferences { get; init; } = 1000;

    public int MaxSubscriptions { get; init; } = 100;

    public int MaxItems { get; init; } = 100_000;

    public uint MaxQueue { get; init; } = 1000;

    /// <summary>Places in the queues of all items together.</summary>
    public long MaxQueuePlaces { get; init; } = 1_000_000;

    public int MaxPublishRequests { get; init; } = 20;

    /// <summary>Messages that a subscription keeps until they are acknowledged.</summary>
    public int MaxUnacknowledged { get; init; } = 100;

    public uint MaxTokenLifetime { get; init; } = 3_600_000;

    /// <summary>A whole request, bytes.</summary>
    public int MaxRequest { get; init; } = 1 << 20;

    /// <summary>A whole answer, bytes.</summary>
    public int MaxAnswer { get; init; } = 4 << 20;

    /// <summary>Bytes of answers that a client has not taken yet; more ends the connection.</summary>
    public int MaxWaiting { get; init; } = 16 << 20;
}
