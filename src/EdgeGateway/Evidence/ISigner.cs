namespace EdgeGateway.Evidence;

/// <summary>Signs lines with one key. Thread-safe.</summary>
internal interface ISigner : IDisposable
{
    /// <summary><c>alg</c> of docs/wire.md §1: <c>ES256</c> or <c>SM2SM3</c>.</summary>
    string Algorithm { get; }

    /// <summary>base64url SHA-256 of the public key (SubjectPublicKeyInfo).</summary>
    string KeyId { get; }

    /// <summary>The user id of SM2 (<c>zid</c>); null for other algorithms.</summary>
    string? UserId { get; }

    /// <summary>How the key is kept, as published in the birth: <c>file</c>, <c>pkcs11</c>, <c>cng</c>.</summary>
    string KeptIn { get; }

    /// <summary>True if it signs in memory, within milliseconds: the recorder may wait for it. A token is asked by the signing desk instead.</summary>
    bool IsInstant { get; }

    /// <summary>Signs <c>protectedHeader ‖ "." ‖ payload</c> into 64 bytes r‖s.</summary>
    /// <exception cref="KeyUnavailableException">The key cannot be reached just now.</exception>
    void Sign(ReadOnlySpan<byte> protectedHeader, ReadOnlySpan<byte> payload, Span<byte> signature);
}
