using System.Collections.Immutable;
using System.Globalization;

namespace EdgeGateway.Evidence;

/// <summary>
/// Puts signed lines around payloads with the keys the gateway has now: one, or two where the site asks for both algorithms. Where a key cannot sign at once the
/// line waits for its signatures (docs/decisions/0011-unsigned-pending.md). Thread-safe.
/// </summary>
internal sealed class LineSigner : IDisposable
{
    private readonly TimeProvider _time;
    private readonly bool _waitsWhenExpired;
    private readonly Lock _changing = new();
    private volatile Identity _identity;
    private ImmutableArray<SigningKey> _former = [];

    /// <param name="keys">One key, or two of different algorithms.</param>
    /// <param name="time">Tells whether a certificate has ended.</param>
    /// <param name="waitsWhenExpired">Whether a key whose issued certificate has ended signs no more until it is renewed.</param>
    public LineSigner(IReadOnlyList<SigningKey> keys, TimeProvider time, bool waitsWhenExpired)
    {
        (_time, _waitsWhenExpired) = (time, waitsWhenExpired);
        _identity = new Identity(keys[0], keys.Count > 1 ? keys[1] : null);
    }

    /// <summary>A single key that is open, and stays so.</summary>
    public LineSigner(ISigner signer)
        : this([SigningKey.Of(signer)], TimeProvider.System, waitsWhenExpired: false)
    {
    }

    /// <summary>The keys that sign what is sealed now.</summary>
    public IReadOnlyList<SigningKey> Keys => _identity.Second is { } second ? [_identity.First, second] : [_identity.First];

    /// <summary>How they are kept, as the birth says it: <c>file</c>, or <c>pkcs11~file</c> for two.</summary>
    public string KeptIn => string.Join('~', Keys.Select(key => key.KeptIn));

    /// <summary>Their key ids, in the order of their signatures.</summary>
    public string KeyIds => string.Join('~', Keys.Select(key => key.KeyId));

    /// <summary>True if all of them are open and sign in memory.</summary>
    public bool IsInstant => IsInstantNow(_identity);

    /// <summary>Bytes of a signed line around its payload.</summary>
    public int Overhead
    {
        get
        {
            var now = _identity;
            var second = now.Second is null ? 0 : 1 + now.SecondHeader.Length + 2 + Envelope.SignatureTextLength;
            return Envelope.Overhead(now.FirstHeader) + second;
        }
    }

    /// <summary>The line of a payload: signed if that can be done in memory, otherwise waiting for its signatures. Never waits for a token.</summary>
    public byte[] Seal(ReadOnlySpan<byte> payload)
    {
        var now = _identity;
        if (!IsInstantNow(now) || Objection(now) is not null) return Unsigned(now, payload);
        try
        {
            return Signed(now, payload);
        }
        catch (KeyUnavailableException)
        {
            return Unsigned(now, payload);
        }
    }

    /// <summary>The line of a statement that nobody keeps; null if it cannot be signed just now. May wait for a token.</summary>
    public byte[]? SealNow(ReadOnlySpan<byte> payload)
    {
        var now = _identity;
        if (Objection(now) is not null) return null;
        try
        {
            return Signed(now, payload);
        }
        catch (KeyUnavailableException)
        {
            return null;
        }
    }

    /// <summary>
    /// The line of a payload that says that <paramref name="next"/> replaces the key of its algorithm, signed by both or waiting for it; from here on
    /// <paramref name="next"/> signs.
    /// </summary>
    public byte[] SealChange(SigningKey next, ReadOnlySpan<byte> payload)
    {
        lock (_changing)
        {
            var old = Replaced(next);
            var both = new Identity(old, next);
            var line = both.First.IsInstant && next.IsInstant && Objection(both) is null ? Signed(both, payload) : Unsigned(both, payload);
            _former = _former.Add(old);
            _identity = _identity.First == old ? new Identity(next, _identity.Second) : new Identity(_identity.First, next);
            return line;
        }
    }

    /// <summary>The key that <paramref name="next"/> would replace: the one of its algorithm.</summary>
    /// <exception cref="InvalidOperationException">There is none of its algorithm.</exception>
    public SigningKey Replaced(SigningKey next) => Keys.FirstOrDefault(key => key.Algorithm == next.Algorithm)
        ?? throw new InvalidOperationException($"the gateway signs with {string.Join(" and ", Keys.Select(key => key.Algorithm))}, not with {next.Algorithm}");

    /// <summary>The same key with a renewed certificate takes the place of what was known of it.</summary>
    public void Renew(SigningKey key)
    {
        lock (_changing)
        {
            var now = _identity;
            if (now.First.KeyId == key.KeyId) _identity = new Identity(key, now.Second);
            else if (now.Second?.KeyId == key.KeyId) _identity = new Identity(now.First, key);
        }
    }

    /// <summary>Keys that were replaced and may still owe signatures.</summary>
    public void AddFormer(SigningKey key)
    {
        lock (_changing) _former = _former.Add(key);
    }

    /// <summary>Signs a line that waited: by the keys it names, which may have been replaced since. Waits for a token.</summary>
    /// <exception cref="KeyUnavailableException">One of them cannot be reached, or its certificate has ended.</exception>
    public byte[] Sign(ReadOnlyMemory<byte> line)
    {
        if (!Envelope.TryParse(line, out var parts)) throw new InvalidOperationException("a line that waits for its signatures is none");
        var headers = parts.Signatures.Select(signature => (signature.Protected, Key: KeyOf(signature.KeyId))).ToArray();
        Span<byte> first = stackalloc byte[SignatureAlgorithm.SignatureSize];
        Span<byte> second = stackalloc byte[SignatureAlgorithm.SignatureSize];
        var payload = parts.Payload.Span;
        headers[0].Key.Sign(headers[0].Protected.Span, payload, first);
        if (headers.Length == 1) return Envelope.Signed(headers[0].Protected.Span, first, default, default, payload);
        headers[1].Key.Sign(headers[1].Protected.Span, payload, second);
        return Envelope.Signed(headers[0].Protected.Span, first, headers[1].Protected.Span, second, payload);
    }

    public void Dispose()
    {
        foreach (var key in Keys) key.Dispose();
        foreach (var key in _former) key.Dispose();
    }

    private SigningKey KeyOf(string keyId)
    {
        foreach (var key in Keys)
            if (key.KeyId == keyId) return Objection(key) is { } why ? throw new KeyUnavailableException(why) : key;
        foreach (var key in _former)
            if (key.KeyId == keyId) return key; // what it owes was sealed while it had a word
        throw new KeyUnavailableException($"what was sealed under the key {keyId} can only be signed by it, and it is not here: put it back into the key folder");
    }

    private string? Objection(Identity now) => Objection(now.First) ?? (now.Second is null ? null : Objection(now.Second));

    /// <summary>Why a key that is in force must not sign now, in the words of <see cref="KeyUnavailableException"/>; null if it may.</summary>
    public string? Objection(SigningKey key) => _waitsWhenExpired && key is { IsIssued: true, NotAfter: { } end } && _time.GetUtcNow() > end
        ? string.Create(CultureInfo.InvariantCulture, $"the certificate of the signing key ended on {end:yyyy-MM-dd}: renew it (keys csr, keys accept) or make a new key (keys rotate)")
        : null;

    private static bool IsInstantNow(Identity now) => now.First.IsInstant && (now.Second is null || now.Second.IsInstant);

    private static byte[] Unsigned(Identity now, ReadOnlySpan<byte> payload) => Envelope.Unsigned(now.FirstHeader, now.SecondHeader, payload);

    private static byte[] Signed(Identity now, ReadOnlySpan<byte> payload)
    {
        Span<byte> first = stackalloc byte[SignatureAlgorithm.SignatureSize];
        now.First.Sign(now.FirstHeader, payload, first);
        if (now.Second is null) return Envelope.Signed(now.FirstHeader, first, default, default, payload);
        Span<byte> second = stackalloc byte[SignatureAlgorithm.SignatureSize];
        now.Second.Sign(now.SecondHeader, payload, second);
        return Envelope.Signed(now.FirstHeader, first, now.SecondHeader, second, payload);
    }

    /// <summary>One or two keys with the headers that name them.</summary>
    private sealed record Identity(SigningKey First, SigningKey? Second)
    {
        public byte[] FirstHeader { get; } = HeaderOf(First);

        public byte[] SecondHeader { get; } = Second is null ? [] : HeaderOf(Second);

        private static byte[] HeaderOf(SigningKey key) => Envelope.ProtectedHeader(key.Algorithm, key.KeyId, key.UserId, "egb1");
    }
}
