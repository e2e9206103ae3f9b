namespace EdgeGateway.Evidence.Keys;

/// <summary>Which keys a gateway is to sign with.</summary>
/// <param name="Algorithms">One, or both, in the order of their signatures on a line.</param>
/// <param name="KeptIn">Where new ES256 keys are made: <c>file</c>, <c>pkcs11</c> or <c>cng</c>. An existing key stays where it is.</param>
/// <param name="Token">The PKCS#11 token; null if there is none.</param>
/// <param name="UserId">The user id of SM2.</param>
/// <param name="CngProvider">Name of the Windows key storage provider.</param>
internal sealed record KeyOrder(IReadOnlyList<string> Algorithms, string KeptIn, TokenSettings? Token, string UserId, string CngProvider)
{
    /// <summary>One key on P-256 in a file.</summary>
    public static KeyOrder Usual { get; } = new([SignatureAlgorithm.Es256], SigningKeyFile.KeptIn, null, SignatureAlgorithm.DefaultUserId, CngStore.SoftwareProvider);
}
