namespace EdgeGateway.Evidence;

/// <summary>
/// One of the gateway's own keys: known by its certificate also while it cannot be reached, and opened when it is needed. Thread-safe; whoever signs with a
/// slow token waits for it.
/// </summary>
/// <param name="algorithm"><c>alg</c>.</param>
/// <param name="keyId"><c>kid</c>.</param>
/// <param name="userId"><c>zid</c>; null but for SM2.</param>
/// <param name="keptIn">How it is kept, as the birth says it.</param>
/// <param name="open">Opens the private key; throws <see cref="KeyUnavailableException"/>.</param>
internal sealed class SigningKey(string algorithm, string keyId, string? userId, string keptIn, Func<ISigner> open) : IDisposable
{
    private readonly Lock _gate = new();
    private volatile ISigner? _signer;

    public string Algorithm => algorithm;

    public string KeyId => keyId;

    public string? UserId => userId;

    public string KeptIn => keptIn;

    /// <summary>When its certificate ends; null if there is none.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>True if somebody else issued the certificate, and its end is that one's word.</summary>
    public bool IsIssued { get; init; }

    /// <summary>SubjectPublicKeyInfo (DER); null where only the key id is known.</summary>
    public byte[]? PublicKeyInfo { get; init; }

    /// <summary>True if it is open and signs in memory.</summary>
    public bool IsInstant => _signer is { IsInstant: true };

    /// <summary>A key that is open already.</summary>
    public static SigningKey Of(ISigner signer) => new(signer.Algorithm, signer.KeyId, signer.UserId, signer.KeptIn, () => signer) { _signer = signer };

    /// <summary>Signs, and opens the key first if it is not open.</summary>
    /// <exception cref="KeyUnavailableException">It cannot be reached; the next call tries again.</exception>
    public void Sign(ReadOnlySpan<byte> protectedHeader, ReadOnlySpan<byte> payload, Span<byte> signature)
    {
        var signer = _signer ?? Open();
        try
        {
            signer.Sign(protectedHeader, payload, signature);
        }
        catch (KeyUnavailableException)
        {
            _signer = null;
            throw;
        }
    }

    /// <summary>Opens the key, so that it can be seen whether it is there.</summary>
    /// <exception cref="KeyUnavailableException">It cannot be reached, or another key stands in its place.</exception>
    public ISigner Open()
    {
        lock (_gate)
        {
            if (_signer is { } there) return there;
            var signer = open();
            if (signer.KeyId == keyId) return _signer = signer;
            signer.Dispose();
            throw new KeyUnavailableException($"another key ({signer.KeyId}) stands where {keyId} was: put the right one back");
        }
    }

    public void Dispose() => _signer?.Dispose();
}
