namespace EdgeGateway.Evidence;

/// <summary>What every payload of one boot says about its maker.</summary>
internal sealed record GatewayIdentity
{
    public required string Site { get; init; }
    public required string Gateway { get; init; }
    public required long Epoch { get; init; }

    /// <summary>16 lower-case hex digits, new at each start.</summary>
    public required string Boot { get; init; }

    /// <summary>base64url hash of the active configuration.</summary>
    public required string ConfigHash { get; init; }

    /// <summary>base64url hash of the active rules; empty while there are none.</summary>
    public string RulesHash { get; init; } = "";

    public required string Software { get; init; }
}
