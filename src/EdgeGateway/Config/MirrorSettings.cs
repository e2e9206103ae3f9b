namespace EdgeGateway.Config;

/// <summary>Where the newest values go as plain JSON, for dashboards on site. No evidence.</summary>
internal sealed record MirrorSettings
{
    /// <summary>The broker; may be the one of the evidence.</summary>
    public required Uri Url { get; init; }

    /// <summary>The topic of every message.</summary>
    public required string Topic { get; init; }

    /// <summary>Whether the broker keeps the newest message for those who come later. Default no.</summary>
    public bool Retain { get; init; }

    /// <summary>PEM file with the CA that signed the broker's certificate; null uses the system's roots. Absolute path.</summary>
    public string? CaFile { get; init; }

    /// <summary>User name; null for none.</summary>
    public string? UserName { get; init; }

    /// <summary>File that holds the password on its first line. Absolute path.</summary>
    public string? PasswordFile { get; init; }
}
