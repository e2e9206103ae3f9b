namespace EdgeGateway.Evidence;

/// <summary>Signs lines with one key. Thread-safe.</summary>
internal interface ISigner
{
    /// <summary>JOSE algorithm name: <c>ES256</c>.</summary>
    string Algorithm { get; }

    /// <summary>base64url SHA-256 of the public key (SubjectPublicKeyInfo).</summary>
    string KeyId { get; }

    /// <summary>How the key is kept, as published in the birth: <c>file</c>.</summary>
    string KeptIn { get; }

    /// <summary>Signs <c>protectedHeader ‖ "." ‖ payload</c> into 64 bytes r‖s.</summary>
    void Sign(ReadOnlySpan<byte> protectedHeader, ReadOnlySpan<byte> payload, Span<byte> signature);
}
