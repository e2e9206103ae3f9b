using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EdgeGateway.Evidence;

/// <summary>
/// The public keys a reader of lines trusts, by <c>kid</c>: those it was given, and those that a trusted key has named as its successors; and where each
/// of them has a word (docs/wire.md §8). Validity dates of certificates are not judged. Not thread-safe.
/// </summary>
internal sealed class TrustedKeys : IDisposable
{
    /// <summary>A certificate is a few kilobytes; whatever is larger is another file, named by mistake.</summary>
    private const int MaxFileBytes = 1 << 20;

    private const string NameTheCertificate = "name the gateway's " + SigningKeyFile.CertificateName;

    private readonly Dictionary<string, TrustedKey> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<(string KeyId, string Gateway), KeyLimit> _begins = [];
    private readonly Dictionary<(string KeyId, string Gateway), KeyLimit> _replaced = [];
    private readonly List<(string KeyId, string? Gateway, KeyLimit UpTo)> _revoked = [];

    /// <summary>The <c>kid</c> of every trusted key.</summary>
    public IReadOnlyCollection<string> KeyIds => _keys.Keys;

    /// <summary>Reads certificates (PEM or DER) and public keys (PEM), one per file.</summary>
    /// <exception cref="TrustedKeyException">A file cannot be used; the message says which and what to do.</exception>
    public static TrustedKeys Load(params IReadOnlyCollection<string> paths)
    {
        if (paths.Count == 0) throw new TrustedKeyException($"no certificate given: {NameTheCertificate}");
        var keys = new TrustedKeys();
        try
        {
            foreach (var path in paths) keys.Add(KeyIn(path));
            return keys;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    /// <summary>Trusts this key on P-256 too; the same key twice is trusted once. Owns <paramref name="key"/> from here on.</summary>
    public void Add(ECDsa key) => Add(TrustedKey.Of(key));

    /// <summary>Trusts this key too; the same key twice is trusted once. Owns <paramref name="key"/> from here on.</summary>
    public void Add(TrustedKey key)
    {
        _given.Add(key.KeyId);
        if (!_keys.TryAdd(key.KeyId, key)) key.Dispose();
    }

    /// <summary>A key is good no further than this; <paramref name="gateway"/> null means those of every gateway.</summary>
    public void Revoke(string keyId, string? gateway, KeyLimit upTo) => _revoked.Add((keyId, gateway, upTo));

    /// <summary>The key of a signature; null if nobody here trusts it or its algorithm is not the key's.</summary>
    public TrustedKey? For(in EnvelopeSignature signature) =>
        _keys.GetValueOrDefault(signature.KeyId) is { } key && key.Algorithm == signature.Algorithm ? key : null;

    /// <summary>True if a trusted key has a word at this place: it was given or has been introduced before, and is neither replaced nor revoked before.</summary>
    public bool MaySign(string keyId, StreamKey stream, long sequence)
    {
        if (!_given.Contains(keyId) && (!_begins.TryGetValue((keyId, stream.Gateway), out var begins) || !begins.IsBefore(stream, sequence))) return false;
        if (_replaced.TryGetValue((keyId, stream.Gateway), out var replaced) && replaced.IsBefore(stream, sequence)) return false;
        foreach (var (revoked, gateway, upTo) in _revoked)
            if (revoked == keyId && (gateway is null || gateway == stream.Gateway) && upTo.IsBefore(stream, sequence)) return false;
        return true;
    }

    /// <summary>Believes a change of keys if the old key is trusted, has signed it and has a word there, and neither key has been part of a change that makes it void.</summary>
    public bool TryTake(KeyChange change)
    {
        var (stream, sequence) = (change.Facts.Stream, change.Facts.Sequence);
        var (was, isNow) = ((change.Body.Was, stream.Gateway), (change.NewKey, stream.Gateway));
        if (_replaced.ContainsKey(was) || _replaced.ContainsKey(isNow) || _begins.ContainsKey(isNow) || !MaySign(change.Body.Was, stream, sequence)) return false;
        foreach (var signature in change.Parts.Signatures)
            if (signature.KeyId == change.Body.Was && (For(signature) is not { } old || !old.Verifies(signature, change.Parts.Payload.Span))) return false;
        var at = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, newest) in change.Body.At) at[name] = newest;
        at[stream.Stream] = sequence; // the event itself is signed by both
        _replaced.Add(was, new KeyLimit(stream.Epoch, at));
        _begins.Add(isNow, new KeyLimit(stream.Epoch, new Dictionary<string, long>(at, StringComparer.Ordinal) { [stream.Stream] = sequence - 1 }));
        if (!_keys.ContainsKey(change.NewKey)) _keys.Add(change.NewKey, TrustedKey.From(change.Body.PublicKeyInfo)!); // a change has a key that can be read
        return true;
    }

    public void Dispose()
    {
        foreach (var key in _keys.Values) key.Dispose();
        _keys.Clear();
    }

    private static TrustedKey KeyIn(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > MaxFileBytes)
                throw new TrustedKeyException($"{path} holds {file.Length} bytes, more than any certificate: {NameTheCertificate}");
            var bytes = File.ReadAllBytes(path);
            var info = bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0 ? FromPem(path, Encoding.ASCII.GetString(bytes)) : FromDer(bytes);
            return TrustedKey.From(info) ?? throw new TrustedKeyException(
                $"{path} holds a key of another kind or on another curve, expected P-256 (or SM2): {NameTheCertificate}");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new TrustedKeyException(
                $"{path} is neither a certificate nor a public key that can be read ({e.Message}): {NameTheCertificate}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustedKeyException($"{path} cannot be read ({e.Message}): check its name and its rights", e);
        }
    }

    private static byte[] FromPem(string path, string text)
    {
        var first = PemEncoding.Find(text);
        if (PemEncoding.TryFind(text.AsSpan(first.Location.End.Value), out _))
            throw new TrustedKeyException($"{path} holds more than one PEM block: keep only the gateway's own certificate in it");
        var label = text[first.Label];
        switch (label)
        {
            case "CERTIFICATE":
                return FromDer(Convert.FromBase64String(text[first.Base64Data]));
            case "PUBLIC KEY":
                var info = Convert.FromBase64String(text[first.Base64Data]);
                PublicKey.CreateFromSubjectPublicKeyInfo(info, out _); // says what is wrong with one that is none
                return info;
            default:
                throw new TrustedKeyException(label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)
                    ? $"{path} is a private key, which must not leave its gateway: name the certificate beside it, {SigningKeyFile.CertificateName}"
                    : $"{path} is a {label}, expected CERTIFICATE or PUBLIC KEY: {NameTheCertificate}");
        }
    }

    private static byte[] FromDer(byte[] bytes)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(bytes);
        return certificate.PublicKey.ExportSubjectPublicKeyInfo();
    }
}
