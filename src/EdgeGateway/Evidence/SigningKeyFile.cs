using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.Evidence;

/// <summary>
/// The gateway's signing key as a PKCS#8 file that only its owner may read, and the self-signed certificate that receivers trust. Made on
/// first use; never overwritten.
/// </summary>
internal static class SigningKeyFile
{
    public const string KeyName = "signing.key";
    public const string CertificateName = "signing.crt";

    /// <summary>Loads the key, or makes it together with its certificate.</summary>
    /// <param name="folder">The key folder; made with mode 0700 where it is missing.</param>
    /// <param name="subject">The common name of the certificate, for people: <c>site/gateway</c>.</param>
    /// <exception cref="SigningKeyException">The files cannot be used; the message says which and what to do.</exception>
    public static Es256Signer LoadOrCreate(string folder, string subject, TimeProvider time)
    {
        var keyPath = Path.Combine(folder, KeyName);
        var certificatePath = Path.Combine(folder, CertificateName);
        try
        {
            if (!File.Exists(keyPath)) Create(folder, keyPath, subject, time);
            if (!OperatingSystem.IsWindows()) RefuseOpenRights(keyPath);
            var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(keyPath));
            if (!File.Exists(certificatePath)) WriteCertificate(certificatePath, key, subject, time);
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(certificatePath);
            using var certified = certificate.GetECDsaPublicKey();
            if (certified is null || Es256Signer.KeyIdOf(certified) != Es256Signer.KeyIdOf(key))
                throw new SigningKeyException($"{certificatePath} does not belong to {keyPath}: put the matching pair back, or move both away to make a new identity");
            return new Es256Signer(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new SigningKeyException($"{keyPath} does not hold a P-256 private key in PEM: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SigningKeyException($"signing key in {folder}: {e.Message}", e);
        }
    }

    private static void Create(string folder, string keyPath, string subject, TimeProvider time)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        WriteCertificate(Path.Combine(folder, CertificateName), key, subject, time);
        // Written under another name first: a key file is either whole or not there.
        var unfinished = keyPath + ".new";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(unfinished, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, keyPath);
    }

    private static void WriteCertificate(string path, ECDsa key, string subject, TimeProvider time)
    {
        var request = new CertificateRequest(new X500DistinguishedName($"CN={subject}, O=EdgeGateway"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(3));
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n");
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void RefuseOpenRights(string keyPath)
    {
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(keyPath) & others) != 0)
            throw new SigningKeyException($"{keyPath} can be read or written by other users: run chmod 600 on it, and consider making a new key");
    }
}
