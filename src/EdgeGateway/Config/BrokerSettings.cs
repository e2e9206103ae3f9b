using System.Collections.Immutable;

namespace EdgeGateway.Config;

/// <summary>Where sealed segments go.</summary>
internal sealed record BrokerSettings
{
    /// <summary>Brokers in order of preference: <c>mqtt://host:1883</c> or <c>mqtts://host:8883</c>; at least one.</summary>
    public required ImmutableArray<Uri> Urls { get; init; }

    /// <summary>Default MQTT 5. The older version only when it is asked for; never by itself.</summary>
    public MqttVersion Mqtt { get; init; } = MqttVersion.V5;

    /// <summary>Whether lines are compressed with zstd on their way (never part of the evidence). Default no; MQTT 5 only.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>First topic level(s); default <c>ega</c>.</summary>
    public string Root { get; init; } = "ega";

    /// <summary>PEM file with the CA that signed the broker's certificate; null uses the system's roots. Absolute path.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file with this gateway's TLS client certificate; null for none. Absolute path.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>PEM file with the client certificate's key. Absolute path.</summary>
    public string? ClientKeyFile { get; init; }

    /// <summary>User name; null for none.</summary>
    public string? UserName { get; init; }

    /// <summary>File that holds the password on its first line, so that no secret stands in the configuration. Absolute path.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Certificate or public key (PEM) that signs the platform's commands; null takes none. Absolute path.</summary>
    public string? CommandKeyFile { get; init; }

    /// <summary>What releases a segment. Default the broker's acknowledgement.</summary>
    public Delivery Delivery { get; init; }

    /// <summary>Certificate or public key (PEM) that signs the platform's receipts; null takes none. Absolute path.</summary>
    public string? ReceiptKeyFile { get; init; }

    /// <summary>MQTT keep-alive, and the pace of our own pings. Default 30 s, 5 s to 10 min.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a publish may wait for its PUBACK. Default 30 s, 1 s to 5 min.</summary>
    public TimeSpan AckTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The most unacknowledged publishes. Default 16, 1 to 64; the broker's receive maximum lowers it.</summary>
    public int Window { get; init; } = 16;

    /// <summary>Segments acknowledged this shortly before a connection was lost are sent again after it is back: a PUBACK is no proof that the
    /// broker had stored the message (docs/decisions). Default 30 s; 0s switches it off.</summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pace of the backlog, in segments per second, while live segments flow. Default 200, 1 to 10,000.</summary>
    public int BacklogPerSecond { get; init; } = 200;

    /// <summary>The pace of signed heads, the heartbeat. Default 60 s, 1 s to 10 min.</summary>
    public TimeSpan HeadEvery { get; init; } = TimeSpan.FromSeconds(60);
}
