using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>
/// Whom this gateway trusts: the folders <c>pki/{own,trusted,issuers,rejected}</c>, with <c>certs</c> and <c>crl</c> below them as other OPC UA programs have
/// them. Files are read at every check, so that accepting a certificate needs no restart. Nothing is ever accepted by itself, and no network is asked.
/// </summary>
/// <param name="folder">The folder <c>pki</c>.</param>
/// <param name="time">The clock for validity.</param>
internal sealed class TrustStore(string folder, TimeProvider time)
{
    private const int MaxRejected = 50;
    private const int MaxChain = 8;

    /// <summary>The folder of certificates that a person has accepted.</summary>
    public string TrustedCertificates { get; } = Path.Combine(folder, "trusted", "certs");

    /// <summary>The folder of certificates that were refused because nobody knows them.</summary>
    public string RejectedCertificates { get; } = Path.Combine(folder, "rejected", "certs");

    private string IssuerCertificates { get; } = Path.Combine(folder, "issuers", "certs");

    /// <summary>Checks a server's certificate (OPC 10000-4, 6.1.3); an unknown one is put among the rejected ones.</summary>
    /// <returns>The certificate.</returns>
    /// <exception cref="OpcUaException">It is not to be trusted; the message says why, and what to do.</exception>
    public X509Certificate2 Check(ReadOnlySpan<byte> der, TrustExpectation expected)
    {
        var certificate = Parse(der);
        try
        {
            Judge(certificate, expected);
            return certificate;
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            throw new OpcUaException(StatusCodes.BadCertificateInvalid,
                $"{Shown(certificate)} cannot be judged: a part of it is not as RFC 5280 demands ({e.Message}). Have the server make a new one", e);
        }
    }

    /// <summary>Moves a certificate from the rejected to the trusted ones; a person has decided so.</summary>
    /// <returns>False if no rejected certificate has this thumbprint.</returns>
    /// <exception cref="OpcUaException">It cannot be moved.</exception>
    public bool Accept(string thumbprint) => Move(thumbprint, RejectedCertificates, TrustedCertificates);

    /// <summary>Moves a certificate from the trusted to the rejected ones: the server is refused from its next connection on.</summary>
    /// <returns>False if no trusted certificate has this thumbprint.</returns>
    /// <exception cref="OpcUaException">It cannot be moved.</exception>
    public bool Revoke(string thumbprint) => Move(thumbprint, TrustedCertificates, RejectedCertificates);

    /// <summary>Every certificate in the store, our own first. The caller disposes them.</summary>
    /// <exception cref="OpcUaException">A folder or a file of it cannot be read; the message names it.</exception>
    public IReadOnlyList<StoredCertificate> List()
    {
        (string Place, string Folder)[] places = [(StoredCertificate.Own, Path.Combine(folder, "own", "certs")), (StoredCertificate.Trusted, TrustedCertificates),
            (StoredCertificate.Rejected, RejectedCertificates), (StoredCertificate.Issuer, IssuerCertificates)];
        return [.. places.SelectMany(place => StoreFile.In(place.Folder).Select(file => new StoredCertificate(place.Place, file, StoreFile.Read(file, X509CertificateLoader.LoadCertificate))))];
    }

    private static bool Move(string thumbprint, string from, string to)
    {
        var path = StoreFile.In(from).FirstOrDefault(file => StoreFile.Read(file, bytes => X509CertificateLoader.LoadCertificate(bytes).Thumbprint.Equals(thumbprint, StringComparison.OrdinalIgnoreCase)));
        if (path is null) return false;
        return StoreFile.Said(path, () =>
        {
            Directory.CreateDirectory(to);
            File.Move(path, Path.Combine(to, Path.GetFileName(path)), overwrite: true);
            return true;
        });
    }

    private static X509Certificate2 Parse(ReadOnlySpan<byte> der)
    {
        try
        {
            // A chain may follow; the first certificate is the server's own.
            AsnDecoder.ReadSequence(der, AsnEncodingRules.DER, out _, out _, out var length);
            return X509CertificateLoader.LoadCertificate(der[..length]);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            throw new OpcUaException(StatusCodes.BadCertificateInvalid, "the server shows something that is no certificate", e);
        }
    }

    private void Judge(X509Certificate2 certificate, TrustExpectation expected)
    {
        CheckKey(certificate);
        var trusted = Load(TrustedCertificates);
        var chain = ChainOf(certificate, trusted);
        if (!chain.Any(link => trusted.Any(known => known.Certificate.RawData.AsSpan().SequenceEqual(link.RawData)))) throw Reject(certificate);
        CheckChain(certificate, chain, expected);
        CheckTime(chain, expected);
        CheckNames(certificate, expected);
    }

    private static void CheckKey(X509Certificate2 certificate)
    {
        using var key = certificate.GetRSAPublicKey();
        if (key is null || key.KeySize < SecurityPolicy.MinKeyBits || key.KeySize > SecurityPolicy.MaxKeyBits)
            throw new OpcUaException(StatusCodes.BadCertificatePolicyCheckFailed,
                $"{Shown(certificate)} has {(key is null ? "no RSA key" : $"an RSA key of {key.KeySize} bits")}; RSA with {SecurityPolicy.MinKeyBits} to {SecurityPolicy.MaxKeyBits} bits is expected");
        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        if (usage is not null && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature))
            throw new OpcUaException(StatusCodes.BadCertificateUseNotAllowed, $"{Shown(certificate)} is not made for digital signatures");
    }

    /// <summary>The certificate and its issuers as far as they are known here.</summary>
    private List<X509Certificate2> ChainOf(X509Certificate2 certificate, List<KnownCertificate> trusted)
    {
        var issuers = Load(IssuerCertificates).Concat(trusted).Where(each => each.IsAuthority).OrderByDescending(each => each.MaySign).ToList();
        var chain = new List<X509Certificate2> { certificate };
        while (!IsSelfIssued(chain[^1]) && chain.Count < MaxChain)
        {
            var signed = new SignedDer(chain[^1].RawData);
            var issuer = issuers.FirstOrDefault(each => each.Certificate.SubjectName.RawData.AsSpan().SequenceEqual(chain[^1].IssuerName.RawData) && signed.IsSignedBy(each.Certificate));
            if (issuer is null) break;
            if (!issuer.MaySign)
                throw new OpcUaException(StatusCodes.BadCertificateIssuerUseNotAllowed, $"{Shown(chain[^1])} was issued by {Shown(issuer.Certificate)}, whose key usage "
                    + "does not allow the signing of certificates (keyCertSign): take one that a real authority has issued");
            chain.Add(issuer.Certificate);
        }
        return chain;
    }

    private void CheckChain(X509Certificate2 certificate, List<X509Certificate2> chain, TrustExpectation expected)
    {
        if (!IsSelfIssued(chain[^1]))
            throw new OpcUaException(StatusCodes.BadCertificateChainIncomplete,
                $"{Shown(certificate)} was issued by {Printable.Text(chain[^1].Issuer)}, whose certificate is not here: put it into {IssuerCertificates}");
        if (!new SignedDer(chain[^1].RawData).IsSignedBy(chain[^1]))
            throw new OpcUaException(StatusCodes.BadCertificateInvalid, $"the signature of {Shown(chain[^1])} is not its own (RSA with SHA-256 or better is expected)");
        var lists = StoreFile.In(Path.Combine(folder, "trusted", "crl")).Concat(StoreFile.In(Path.Combine(folder, "issuers", "crl")))
            .Select(file => (File: file, List: StoreFile.Read(file, RevocationList.Read))).ToList();
        for (var link = 0; link + 1 < chain.Count; link++) CheckRevocation(chain[link], chain[link + 1], lists, expected);
    }

    private void CheckRevocation(X509Certificate2 certificate, X509Certificate2 issuer, List<(string File, RevocationList List)> lists, TrustExpectation expected)
    {
        var ofIssuer = lists.Where(each => each.List.IsOf(issuer)).ToList();
        if (ofIssuer.Count == 0)
            throw new OpcUaException(StatusCodes.BadCertificateRevocationUnknown,
                $"there is no revocation list of {Printable.Text(issuer.Subject)}: put its .crl into {Path.Combine(folder, "issuers", "crl")}");
        if (ofIssuer.Any(each => each.List.Contains(certificate)))
            throw new OpcUaException(StatusCodes.BadCertificateRevoked, $"{Shown(certificate)} was revoked by {Printable.Text(issuer.Subject)}");
        if (ofIssuer.FirstOrDefault(each => each.List.Foreign is not null) is { List: { } foreign } partial)
            throw new OpcUaException(StatusCodes.BadCertificateRevocationUnknown, $"{partial.File} has the critical extension {foreign.Foreign}, which is not understood here: "
                + "it does not speak for all certificates of its issuer. Have a complete list made");
        var now = time.GetUtcNow();
        var newest = ofIssuer.MaxBy(each => each.List.NextUpdate ?? DateTimeOffset.MaxValue);
        if (newest.List.NextUpdate < now && !expected.AllowOldRevocationList)
            throw new OpcUaException(StatusCodes.BadCertificateRevocationUnknown, $"{newest.File} is out of date: its next one was due at {newest.List.NextUpdate.Value.UtcDateTime:u}, it is "
                + $"{now.UtcDateTime:u} here. Put the new one of {Printable.Text(issuer.Subject)} there, set the clock right, or allow an old list for this server");
    }

    private void CheckTime(List<X509Certificate2> chain, TrustExpectation expected)
    {
        var now = time.GetUtcNow();
        foreach (var link in chain.Where(link => now < link.NotBefore.ToUniversalTime() || now > link.NotAfter.ToUniversalTime()))
            if (!expected.AllowExpired)
                throw new OpcUaException(StatusCodes.BadCertificateTimeInvalid, $"{Shown(link)} is valid from {link.NotBefore.ToUniversalTime():u} to {link.NotAfter.ToUniversalTime():u}; "
                    + $"it is {now:u} here. Renew it at the server, set the clocks right, or allow it for this server");
    }

    private static void CheckNames(X509Certificate2 certificate, TrustExpectation expected)
    {
        var uri = ApplicationCertificate.UriOf(certificate);
        if (string.IsNullOrEmpty(expected.ApplicationUri))
            throw new OpcUaException(StatusCodes.BadCertificateUriInvalid, $"the server does not say which application it is (ApplicationUri), so {Shown(certificate)} cannot be "
                + $"shown to be its own. Set the application URI of the server to the certificate's, \"{Printable.Text(uri)}\"");
        if (uri != expected.ApplicationUri)
            throw new OpcUaException(StatusCodes.BadCertificateUriInvalid,
                $"{Shown(certificate)} is for the application \"{Printable.Text(uri)}\", the server calls itself \"{Printable.Text(expected.ApplicationUri)}\"");
        if (!expected.IgnoreHost && !certificate.MatchesHostname(expected.Host, allowCommonName: false))
            throw new OpcUaException(StatusCodes.BadCertificateHostNameInvalid,
                $"{Shown(certificate)} is not for the host {expected.Host}: use a name it is made for, or ignore the host name for this server");
    }

    private OpcUaException Reject(X509Certificate2 certificate)
    {
        var name = new string([.. certificate.GetNameInfo(X509NameType.SimpleName, false).Where(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '_' or '.').Take(60)]);
        var path = Path.Combine(RejectedCertificates, $"{name} [{certificate.Thumbprint}].der");
        var unknown = $"nobody has accepted {Shown(certificate)} yet. Compare its SHA-256 fingerprint {StoredCertificate.FingerprintOf(certificate)} with the one the server shows; "
            + "if they are the same, ";
        try
        {
            StoreFile.Said(path, () => Keep(path, certificate.RawData));
        }
        catch (OpcUaException e)
        {
            return new OpcUaException(StatusCodes.BadCertificateUntrusted, $"{unknown}put it into {TrustedCertificates}. It could not be kept here: {e.Message}", e);
        }
        return new OpcUaException(StatusCodes.BadCertificateUntrusted, $"{unknown}move {path} to {TrustedCertificates}");
    }

    private int Keep(string path, byte[] certificate)
    {
        var directory = Directory.CreateDirectory(RejectedCertificates);
        // Whole or not there: a person may list the folder at any moment, and a server that nobody has accepted comes again and again.
        var unfinished = Path.Combine(Path.GetDirectoryName(RejectedCertificates)!, $"{Guid.NewGuid():N}.unfinished"); // a folder below the store's own
        File.WriteAllBytes(unfinished, certificate);
        File.Move(unfinished, path, overwrite: true);
        FileInfo[] old = [.. directory.GetFiles().OrderByDescending(file => file.LastWriteTimeUtc).Skip(MaxRejected)];
        foreach (var file in old) file.Delete();
        return old.Length;
    }

    private static bool IsSelfIssued(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static List<KnownCertificate> Load(string directory) => [.. StoreFile.In(directory).Select(file => StoreFile.Read(file, KnownCertificate.Read))];

    private static string Shown(X509Certificate2 certificate) => $"the certificate {Printable.Text(certificate.Subject)} ({certificate.Thumbprint})";
}
