using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EdgeGateway.Evidence;

/// <summary>
/// The public keys a reader of lines trusts, by <c>kid</c>: one, or two while a key is being exchanged. Validity dates of certificates are not
/// judged. Not thread-safe.
/// </summary>
internal sealed class TrustedKeys : IDisposable
{
    /// <summary>A certificate is a few kilobytes; whatever is larger is another file, named by mistake.</summary>
    private const int MaxFileBytes = 1 << 20;

    private const string NameTheCertificate = "name the gateway's " + SigningKeyFile.CertificateName;

    private readonly Dictionary<string, ECDsa> _keys = new(StringComparer.Ordinal);

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

    /// <summary>Trusts this key too; the same key twice is trusted once. Owns <paramref name="key"/> from here on.</summary>
    public void Add(ECDsa key)
    {
        if (!_keys.TryAdd(Es256Signer.KeyIdOf(key), key)) key.Dispose();
    }

    /// <summary>The key of a signature; null if nobody here trusts it or its algorithm is not supported.</summary>
    public ECDsa? For(in EnvelopeSignature signature) =>
        signature.Algorithm == "ES256" ? _keys.GetValueOrDefault(signature.KeyId) : null;

    public void Dispose()
    {
        foreach (var key in _keys.Values) key.Dispose();
        _keys.Clear();
    }

    private static ECDsa KeyIn(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > MaxFileBytes)
                throw new TrustedKeyException($"{path} holds {file.Length} bytes, more than any certificate: {NameTheCertificate}");
            var bytes = File.ReadAllBytes(path);
            var key = bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0 ? FromPem(path, Encoding.ASCII.GetString(bytes)) : FromDer(path, bytes);
            return RefuseOtherCurves(path, key);
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

    private static ECDsa FromPem(string path, string text)
    {
        var first = PemEncoding.Find(text);
        if (PemEncoding.TryFind(text.AsSpan(first.Location.End.Value), out _))
            throw new TrustedKeyException($"{path} holds more than one PEM block: keep only the gateway's own certificate in it");
        var label = text[first.Label];
        switch (label)
        {
            case "CERTIFICATE":
                using (var certificate = X509Certificate2.CreateFromPem(text)) return OfCertificate(path, certificate);
            case "PUBLIC KEY":
                var key = ECDsa.Create();
                key.ImportFromPem(text);
                return key;
            default:
                throw new TrustedKeyException(label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)
                    ? $"{path} is a private key, which must not leave its gateway: name the certificate beside it, {SigningKeyFile.CertificateName}"
                    : $"{path} is a {label}, expected CERTIFICATE or PUBLIC KEY: {NameTheCertificate}");
        }
    }

    private static ECDsa FromDer(string path, byte[] bytes)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(bytes);
        return OfCertificate(path, certificate);
    }

    private static ECDsa OfCertificate(string path, X509Certificate2 certificate) => certificate.GetECDsaPublicKey()
        ?? throw new TrustedKeyException($"{path} certifies no elliptic-curve key, expected ECDSA on P-256: {NameTheCertificate}");

    private static ECDsa RefuseOtherCurves(string path, ECDsa key)
    {
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        if (curve.IsNamed && curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value) return key;
        key.Dispose();
        throw new TrustedKeyException(
            $"{path} holds a key on {curve.Oid.FriendlyName ?? "another curve"}, expected P-256: {NameTheCertificate}");
    }
}
