using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>A signing key that is away at times: what is sealed meanwhile waits for its signature.</summary>
internal sealed class FickleKey(Es256Signer signer) : ISigner
{
    public bool IsAway { get; set; }

    public string Algorithm => signer.Algorithm;

    public string KeyId => signer.KeyId;

    public string? UserId => signer.UserId;

    public string KeptIn => signer.KeptIn;

    public bool IsInstant => !IsAway;

    public void Sign(ReadOnlySpan<byte> protectedHeader, ReadOnlySpan<byte> payload, Span<byte> signature)
    {
        if (IsAway) throw new KeyUnavailableException("the key is away");
        signer.Sign(protectedHeader, payload, signature);
    }

    public void Dispose() => signer.Dispose();
}
