namespace EdgeGateway.Config;

/// <summary>Which signatures a line gets (docs/wire.md §1).</summary>
internal enum SigningProfile
{
    Es256,
    Sm2Sm3,

    /// <summary>Both, ES256 first.</summary>
    Both,
}
