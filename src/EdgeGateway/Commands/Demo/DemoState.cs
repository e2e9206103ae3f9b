namespace EdgeGateway.Commands.Demo;

/// <summary>One moment of the demo, for people.</summary>
internal sealed record DemoState
{
    public required TimeSpan Elapsed { get; init; }
    public required int Signals { get; init; }
    public required double ReadingsPerSecond { get; init; }

    /// <summary>Good readings as a share of all, 0 to 1.</summary>
    public required double GoodShare { get; init; }

    public required long Undelivered { get; init; }
    public required long StoredBytes { get; init; }
    public required long Published { get; init; }
    public required long Verified { get; init; }
    public required long VerifiedReadings { get; init; }
    public required long Missing { get; init; }
    public required long Duplicates { get; init; }
    public required long Alerts { get; init; }

    /// <summary>Payloads with aggregates that the receiver has.</summary>
    public required long Aggregates { get; init; }

    /// <summary>The newest minute of the first outlet; null before there is one.</summary>
    public string? Minute { get; init; }

    public required int Lines { get; init; }
    public required int LinesUp { get; init; }
    public required bool IsUplinkUp { get; init; }
    public required string Uplink { get; init; }

    /// <summary>What is broken on purpose right now; null for nothing.</summary>
    public string? Broken { get; init; }
}
