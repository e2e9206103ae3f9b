using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Crypto.Parameters;

namespace EdgeGateway.Evidence.Keys;

/// <summary>
/// The folder of a gateway's signing keys: of each a certificate (<c>.crt</c>), and the private key itself (<c>.key</c>, PKCS#8) or where it is (<c>.ref</c>: a token or the key
/// store of Windows). <c>signing</c> and <c>signing-sm2</c> sign now; <c>next…</c> lie ready to replace them, <c>former-…</c> have been replaced. A certificate is always the last of its files to come
/// and to go, so that it tells whether a key is complete.
/// </summary>
internal sealed class KeyFolder(string path, KeyOrder order, TimeProvider time) : IDisposable
{
    private const string Sm2 = "-sm2";
    private static readonly string[] Endings = [".key", ".ref", ".csr", ".crt"];

    private readonly Pkcs11Token? _token = order.Token is { } settings ? new Pkcs11Token(settings) : null;
    private readonly Dictionary<string, DateTime> _certificateTimes = new(StringComparer.Ordinal);

    /// <summary>The folder.</summary>
    public string FullPath { get; } = Path.GetFullPath(path);

    public KeyOrder Order => order;

    /// <summary>
    /// The keys that sign now, in the order asked for; keys that were never there are made. A used gateway whose private key is missing gets it by name only, and what it seals waits.
    /// </summary>
    /// <param name="subject">Common name of certificates made here: <c>site/gateway</c>.</param>
    /// <param name="recorded">Key ids that the store says sign since the newest change; a change that was recorded and whose files were not moved is completed.</param>
    /// <param name="sealedBy">Algorithm and key id of the newest stored line's signatures; empty for a store that holds none.</param>
    /// <exception cref="SigningKeyException">A key cannot be made, or its files contradict each other; the message says which and what to do.</exception>
    public IReadOnlyList<SigningKey> Open(string subject, string recorded, IReadOnlyList<(string Algorithm, string KeyId)> sealedBy) => Guarded(() =>
    {
        Complete(recorded);
        return (IReadOnlyList<SigningKey>)[.. order.Algorithms.Select(algorithm => OpenOne(algorithm, subject, sealedBy))];
    });

    /// <summary>Keys that have been replaced and whose private keys are still here.</summary>
    public IReadOnlyList<SigningKey> Former() => [.. Names("former").Where(HasPrivate).Select(name => FromCertificate(name))];

    /// <summary>Nothing waits for the keys that were replaced: their private halves leave. What is on a token stays there.</summary>
    public void DropFormer()
    {
        foreach (var name in Names("former"))
            foreach (var ending in new[] { ".key", ".ref" }) File.Delete(At(name, ending));
    }

    /// <summary>A complete key that lies ready to replace one of these; null if there is none. Opened, so that it is known to work.</summary>
    /// <exception cref="KeyUnavailableException">It cannot be reached.</exception>
    /// <exception cref="SigningKeyException">Its files cannot be used.</exception>
    public SigningKey? FindNext(IReadOnlyList<SigningKey> current)
    {
        foreach (var name in Names("next").Where(HasPrivate))
        {
            var next = FromCertificate(name);
            if (current.Any(key => key.KeyId == next.KeyId)) continue;
            next.Open();
            return next;
        }
        return null;
    }

    /// <summary>Those of these keys whose certificate is another one than before: renewed by its issuer.</summary>
    /// <exception cref="SigningKeyException">A certificate cannot be read.</exception>
    public IReadOnlyList<SigningKey> TakeRenewed(IReadOnlyList<SigningKey> current)
    {
        var renewed = new List<SigningKey>();
        foreach (var key in current)
        {
            var name = NameFor("signing", key.Algorithm);
            var certificate = At(name, ".crt");
            if (!File.Exists(certificate)) continue;
            var written = File.GetLastWriteTimeUtc(certificate);
            if (_certificateTimes.TryGetValue(name, out var known) && known == written) continue;
            _certificateTimes[name] = written;
            var now = FromCertificate(name);
            if (now.KeyId == key.KeyId && (now.NotAfter != key.NotAfter || now.IsIssued != key.IsIssued)) renewed.Add(now);
        }
        return renewed;
    }

    /// <summary>Moves the files of keys that have come into force, as far as that is still to be done.</summary>
    /// <param name="recorded">As for <see cref="Open"/>.</param>
    /// <exception cref="IOException">The disk refuses; ask again.</exception>
    public void Complete(string recorded)
    {
        foreach (var keyId in recorded.Split('~', StringSplitOptions.RemoveEmptyEntries))
            if (Names("next").Exists(name => KeyIdOf(name) == keyId)) Promote(keyId);
    }

    /// <summary>Moves the files of the key that has come into force to where they belong, and those of the one before aside. May be repeated after a crash.</summary>
    public void Promote(string keyId)
    {
        var next = Names("next").FirstOrDefault(name => KeyIdOf(name) == keyId);
        if (next is null) return;
        var signing = "signing" + next["next".Length..];
        if (File.Exists(At(signing, ".crt")) && KeyIdOf(signing) is var before && before != keyId) Move(signing, $"former-{before[..8]}{next["next".Length..]}");
        Move(next, signing);
    }

    /// <summary>Makes the key that is to replace the one of its algorithm.</summary>
    /// <param name="algorithm">Of which.</param>
    /// <param name="subject">Common name.</param>
    /// <param name="asRequest">True for a request that somebody else is to certify; false for a certificate of its own, with which it comes into force at once.</param>
    /// <param name="code">The platform's one-time code for the request.</param>
    /// <returns>The file that was written.</returns>
    /// <exception cref="SigningKeyException">One lies there already, or it cannot be made.</exception>
    public string MakeNext(string algorithm, string subject, bool asRequest, string? code) => Guarded(() =>
    {
        var name = NameFor("next", algorithm);
        if (Endings.FirstOrDefault(ending => File.Exists(At(name, ending))) is { } there)
            throw new SigningKeyException($"{At(name, there)} is there: a new key waits already. Let the gateway take it or hand in its certificate (keys accept), or give it up by keys discard");
        return Make(name, algorithm, subject, asRequest, code);
    });

    /// <summary>A request for a certificate of the key that signs now: the same key, a new term.</summary>
    /// <exception cref="SigningKeyException">The key is not there or cannot be reached.</exception>
    public string RequestRenewal(string algorithm, string subject, string? code) => Guarded(() =>
    {
        var name = NameFor("signing", algorithm);
        using var opened = OpenPrivate(name);
        return Write(name, ".csr", opened.Request(subject, code));
    });

    /// <summary>Takes an issued certificate: of the key that signs now, or of the next one, which comes into force by it.</summary>
    /// <returns>What it is good for, in words.</returns>
    /// <exception cref="SigningKeyException">It belongs to no key here.</exception>
    public string Accept(byte[] certificateFile) => Guarded(() =>
    {
        using var certificate = Parse(certificateFile);
        var keyId = Es256Signer.KeyIdOf(certificate.PublicKey.ExportSubjectPublicKeyInfo());
        if (certificate.NotAfter.ToUniversalTime() < time.GetUtcNow())
            throw new SigningKeyException($"this certificate ended on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}: ask for one that is valid now, and check this computer's clock");
        foreach (var name in Names("next").Concat(Requested("next")).Concat(Names("signing")).Distinct())
        {
            if (WaitingKeyId(name) != keyId) continue;
            SigningKeyFile.WriteWhole(At(name, ".crt"), certificate.ExportCertificatePem(), isSecret: false);
            return name.StartsWith("next", StringComparison.Ordinal)
                ? $"it belongs to the new key {keyId}, which replaces the old one within seconds, or at the next start"
                : $"it renews the term of the key {keyId} that signs now";
        }
        throw new SigningKeyException($"this certificate is for the key {keyId}, and there is no such key here ({string.Join(", ", Names("signing").Select(KeyIdOf))} signs). Hand in the certificate that was issued for this gateway's request");
    });

    /// <summary>Gives up the key that lies ready; false if there is none.</summary>
    public bool Discard()
    {
        var any = false;
        foreach (var file in Directory.Exists(FullPath) ? Directory.GetFiles(FullPath, "next*") : [])
        {
            File.Delete(file);
            any = true;
        }
        return any;
    }

    /// <summary>Everything that is known of the keys here, without opening them.</summary>
    public IReadOnlyList<(string Name, SigningKey Key, string Certificate)> List() => Guarded(() =>
        (IReadOnlyList<(string, SigningKey, string)>)[.. Names("signing").Concat(Names("next")).Concat(Names("former")).Select(name => (name, FromCertificate(name), At(name, ".crt")))]);

    /// <summary>Names of keys that have asked for a certificate and have none yet.</summary>
    public IReadOnlyList<string> Waiting() => [.. Requested("next")];

    public void Dispose() => _token?.Dispose();

    private SigningKey OpenOne(string algorithm, string subject, IReadOnlyList<(string Algorithm, string KeyId)> sealedBy)
    {
        var name = NameFor("signing", algorithm);
        var known = sealedBy.FirstOrDefault(line => line.Algorithm == algorithm).KeyId;
        if (!File.Exists(At(name, ".crt")) && !HasPrivate(name))
        {
            if (known is not null) return Absent(algorithm, known);
            Make(name, algorithm, subject, asRequest: false, code: null);
        }
        if (!File.Exists(At(name, ".crt")))
        {
            try
            {
                using var opened = OpenPrivate(name);
                Write(name, ".crt", opened.Certify(subject, time.GetUtcNow()));
            }
            catch (KeyUnavailableException) when (known is not null)
            {
                return Absent(algorithm, known);
            }
        }
        var key = FromCertificate(name);
        if (key.Algorithm != algorithm) throw new SigningKeyException($"{At(name, ".crt")} is for a key of {key.Algorithm}, expected {algorithm}: put the right one back");
        if (HasPrivate(name)) OpenNow(name, key);
        return key;
    }

    private void OpenNow(string name, SigningKey key)
    {
        // Rights that are too open, and a pair that does not belong together, are somebody's mistake, to be mended before anything is signed.
        if (!OperatingSystem.IsWindows() && File.Exists(At(name, ".key"))) SigningKeyFile.RefuseOpenRights(At(name, ".key"));
        try
        {
            using (var opened = OpenPrivate(name))
            {
                if (opened.Signer().KeyId != key.KeyId)
                    throw new SigningKeyException($"{At(name, ".crt")} does not belong to {At(name, ".key")}: put the matching pair back, or move both away to make a new identity");
            }
            key.Open();
        }
        catch (KeyUnavailableException)
        {
            // The desk says so, and tries again for as long as it takes.
        }
    }

    private SigningKey Absent(string algorithm, string keyId) =>
        new(algorithm, keyId, algorithm == SignatureAlgorithm.Sm2Sm3 ? order.UserId : null, order.KeptIn, () => OpenByKeyId(keyId));

    private SigningKey FromCertificate(string name)
    {
        using var certificate = Parse(At(name, ".crt"));
        var info = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        var keyId = Es256Signer.KeyIdOf(info);
        var isSm2 = Sm2Curve.PublicFrom(info) is not null;
        return new SigningKey(isSm2 ? SignatureAlgorithm.Sm2Sm3 : SignatureAlgorithm.Es256, keyId, isSm2 ? order.UserId : null, KeptInOf(name), () => OpenByKeyId(keyId))
        {
            NotAfter = certificate.NotAfter.ToUniversalTime(),
            IsIssued = !certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData),
            PublicKeyInfo = info,
        };
    }

    /// <summary>By its key id, whatever its files are called by now.</summary>
    private ISigner OpenByKeyId(string keyId)
    {
        try
        {
            var name = Names("signing").Concat(Names("next")).Concat(Names("former")).FirstOrDefault(name => KeyIdOf(name) == keyId) ?? "signing";
            return OpenPrivate(name).Signer();
        }
        catch (SigningKeyException e)
        {
            throw new KeyUnavailableException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyUnavailableException($"signing key in {FullPath}: {e.Message}", e);
        }
    }

    private OpenedKey OpenPrivate(string name)
    {
        var (file, reference) = (At(name, ".key"), At(name, ".ref"));
        if (File.Exists(reference)) return OpenReference(File.ReadAllText(reference).Trim(), reference);
        if (!File.Exists(file)) throw new KeyUnavailableException($"{file} is missing: put the key back");
        if (!OperatingSystem.IsWindows()) SigningKeyFile.RefuseOpenRights(file);
        var pem = File.ReadAllText(file);
        if (name.EndsWith(Sm2, StringComparison.Ordinal)) return new OpenedKey(Sm2From(file, pem), order.UserId);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return new OpenedKey(key, SigningKeyFile.KeptIn);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new KeyUnavailableException($"{file} does not hold a P-256 private key in PEM: {e.Message}", e);
        }
    }

    private static ECPrivateKeyParameters Sm2From(string file, string pem)
    {
        try
        {
            return Sm2Curve.PrivateFrom(Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]));
        }
        catch (ArgumentException e)
        {
            throw new KeyUnavailableException($"{file} does not hold an SM2 private key in PEM (PKCS#8): {e.Message}", e);
        }
    }

    private OpenedKey OpenReference(string reference, string file)
    {
        var colon = reference.IndexOf(':', StringComparison.Ordinal);
        var (kind, id) = colon < 0 ? ("", "") : (reference[..colon], reference[(colon + 1)..]);
        if (kind == CngStore.KeptIn) return new OpenedKey(CngStore.Open(id, order.CngProvider), CngStore.KeptIn);
        if (kind != TokenKept || id.Length == 0 || id.Length % 2 != 0 || !id.All(char.IsAsciiHexDigit))
            throw new SigningKeyException($"{file} says {reference}, expected {TokenKept}:HEX-ID or {CngStore.KeptIn}:NAME: put the right one back");
        var token = _token ?? throw new KeyUnavailableException($"{file} says that the key is on a token, and signing.pkcs11-library does not say how to reach it");
        return new OpenedKey(new TokenKey(token, id, token.PublicPoint(id)), TokenKept);
    }

    /// <summary>Makes a key pair and its certificate or request; the private half first. Returns the file written last.</summary>
    private string Make(string name, string algorithm, string subject, bool asRequest, string? code)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(FullPath); // what counts is the key file's own list
        else Directory.CreateDirectory(FullPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            using var made = MakePrivate(name, algorithm);
            return asRequest ? Write(name, ".csr", made.Request(subject, code)) : Write(name, ".crt", made.Certify(subject, time.GetUtcNow()));
        }
        catch (KeyUnavailableException e)
        {
            throw new SigningKeyException($"a key cannot be made: {e.Message}", e);
        }
    }

    private OpenedKey MakePrivate(string name, string algorithm)
    {
        if (algorithm == SignatureAlgorithm.Sm2Sm3)
        {
            var sm2 = Sm2Curve.Create();
            SigningKeyFile.WriteWhole(At(name, ".key"), PemEncoding.WriteString("PRIVATE KEY", Sm2Curve.ToPkcs8(sm2)), isSecret: true);
            return new OpenedKey(sm2, order.UserId);
        }
        if (order.KeptIn == SigningKeyFile.KeptIn)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            SigningKeyFile.WriteWhole(At(name, ".key"), key.ExportPkcs8PrivateKeyPem(), isSecret: true);
            return new OpenedKey(key, SigningKeyFile.KeptIn);
        }
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        if (order.KeptIn == CngStore.KeptIn)
        {
            var key = CngStore.Create($"EdgeGateway-{id}", order.CngProvider);
            Write(name, ".ref", $"{CngStore.KeptIn}:EdgeGateway-{id}");
            return new OpenedKey(key, CngStore.KeptIn);
        }
        var token = _token ?? throw new SigningKeyException("signing.key is pkcs11, and signing.pkcs11-library does not name the token's module");
        var point = token.Create(id, "EdgeGateway");
        Write(name, ".ref", $"{TokenKept}:{id}");
        return new OpenedKey(new TokenKey(token, id, point), TokenKept);
    }

    private string Write(string name, string ending, string text)
    {
        SigningKeyFile.WriteWhole(At(name, ending), text, isSecret: false);
        return At(name, ending);
    }

    private void Move(string from, string to)
    {
        // The private half before the certificate: as long as that is where it was, the move is not complete.
        foreach (var ending in Endings)
            if (File.Exists(At(from, ending))) File.Move(At(from, ending), At(to, ending), overwrite: true);
    }

    /// <summary>The key id of a key that has a certificate or asks for one; null if it has neither, or none that can be read.</summary>
    private string? WaitingKeyId(string name)
    {
        if (File.Exists(At(name, ".crt"))) return KeyIdOf(name);
        return File.Exists(At(name, ".csr")) && KeyCertificates.PublicKeyOfRequest(File.ReadAllText(At(name, ".csr"))) is { } info ? Es256Signer.KeyIdOf(info) : null;
    }

    private List<string> Names(string beginning) => Files(beginning, ".crt");

    private IEnumerable<string> Requested(string beginning) => Files(beginning, ".csr").Where(name => !File.Exists(At(name, ".crt")));

    private List<string> Files(string beginning, string ending) => Directory.Exists(FullPath)
        ? [.. Directory.GetFiles(FullPath, $"{beginning}*{ending}").Where(file => file.EndsWith(ending, StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)]
        : [];

    private bool HasPrivate(string name) => File.Exists(At(name, ".key")) || File.Exists(At(name, ".ref"));

    private string KeptInOf(string name) => !File.Exists(At(name, ".ref")) ? SigningKeyFile.KeptIn
        : File.ReadAllText(At(name, ".ref")).StartsWith(CngStore.KeptIn, StringComparison.Ordinal) ? CngStore.KeptIn : TokenKept;

    private string KeyIdOf(string name)
    {
        using var certificate = Parse(At(name, ".crt"));
        return Es256Signer.KeyIdOf(certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    private string At(string name, string ending) => Path.Combine(FullPath, name + ending);

    private static string NameFor(string use, string algorithm) => algorithm == SignatureAlgorithm.Sm2Sm3 ? use + Sm2 : use;

    private static X509Certificate2 Parse(string file)
    {
        try
        {
            return Parse(File.ReadAllBytes(file));
        }
        catch (SigningKeyException e)
        {
            throw new SigningKeyException($"{file} is no certificate ({e.Message}): put the right one back, or delete it to have it made again from the key", e);
        }
    }

    private static X509Certificate2 Parse(byte[] bytes)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(bytes);
        }
        catch (CryptographicException e)
        {
            throw new SigningKeyException($"not a certificate: {e.Message}", e);
        }
    }

    private T Guarded<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (KeyUnavailableException e)
        {
            throw new SigningKeyException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SigningKeyException($"signing key in {FullPath}: {e.Message}", e);
        }
    }

    /// <summary>How a key on a PKCS#11 token is kept, as the birth says it.</summary>
    public const string TokenKept = "pkcs11";
}
