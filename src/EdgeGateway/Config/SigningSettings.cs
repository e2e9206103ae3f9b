namespace EdgeGateway.Config;

/// <summary>With which keys the gateway signs, and where they are kept.</summary>
internal sealed record SigningSettings
{
    /// <summary>Which signatures a line gets. Default ES256.</summary>
    public SigningProfile Profile { get; init; } = SigningProfile.Es256;

    /// <summary>Where new ES256 keys are made: <c>file</c>, <c>pkcs11</c> or <c>cng</c>. Default file. SM2 keys are files.</summary>
    public string Key { get; init; } = "file";

    /// <summary>The token's PKCS#11 module; null where there is no token.</summary>
    public string? TokenModule { get; init; }

    /// <summary>The token's label; empty takes the only one there is.</summary>
    public string Token { get; init; } = "";

    /// <summary>File with the token's PIN on its first line; null for the systemd credential or the environment.</summary>
    public string? PinFile { get; init; }

    /// <summary>Name of the Windows key storage provider; null for the usual one.</summary>
    public string? CngProvider { get; init; }

    /// <summary>The user id of SM2; null for the usual one.</summary>
    public string? Sm2UserId { get; init; }

    /// <summary>Whether a key signs no more once its issued certificate has ended. Default true.</summary>
    public bool WaitsWhenExpired { get; init; } = true;
}
