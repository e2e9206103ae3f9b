using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Principal;
using EdgeGateway.Evidence.Keys;

namespace EdgeGateway.Evidence;

/// <summary>
/// The gateway's signing key as a PKCS#8 file that only its owner may read, and the self-signed certificate that receivers trust. Made on
/// first use; the key is never overwritten. On Windows the key file grants the user that made it, SYSTEM and Administrators, and nobody else.
/// </summary>
internal static class SigningKeyFile
{
    /// <summary>How a key of this kind is kept, as the birth says it.</summary>
    public const string KeptIn = "file";

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
            using var certificate = LoadCertificate(certificatePath);
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

    /// <summary>Loads a key that must be there.</summary>
    /// <exception cref="SigningKeyException">It cannot be used; the message says which and what to do.</exception>
    public static Es256Signer Load(string keyPath)
    {
        try
        {
            if (!OperatingSystem.IsWindows()) RefuseOpenRights(keyPath);
            var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(keyPath));
            return new Es256Signer(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new SigningKeyException($"{keyPath} does not hold a P-256 private key in PEM: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SigningKeyException($"{keyPath}: {e.Message}", e);
        }
    }

    private static void Create(string folder, string keyPath, string subject, TimeProvider time)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder); // what counts is the key file's own list
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        WriteCertificate(Path.Combine(folder, CertificateName), key, subject, time);
        WriteWhole(keyPath, key.ExportPkcs8PrivateKeyPem(), isSecret: true);
    }

    /// <summary>Written under another name first: the file is either whole or not there.</summary>
    /// <exception cref="IOException">The disk refuses, or a secret of this name is there already.</exception>
    internal static void WriteWhole(string path, string pem, bool isSecret)
    {
        var unfinished = path + ".new";
        File.Delete(unfinished);
        using (var file = isSecret ? CreateSecret(unfinished) : new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(pem + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: !isSecret);
    }

    // With its rights from the first byte on: granted afterwards there would be a moment in which anyone may open it.
    private static FileStream CreateSecret(string path) => OperatingSystem.IsWindows()
        ? FileSystemAclExtensions.Create(new FileInfo(path), FileMode.CreateNew, FileSystemRights.Write, FileShare.None, 4096, FileOptions.None, OwnersOnly())
        : new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });

    [SupportedOSPlatform("windows")]
    private static FileSecurity OwnersOnly()
    {
        using var me = WindowsIdentity.GetCurrent();
        var security = new FileSecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        SecurityIdentifier[] owners =
        [
            me.User ?? throw new UnauthorizedAccessException("the current user has no security identifier"),
            new(WellKnownSidType.LocalSystemSid, null),
            new(WellKnownSidType.BuiltinAdministratorsSid, null),
        ];
        foreach (var owner in owners) security.AddAccessRule(new FileSystemAccessRule(owner, FileSystemRights.FullControl, AccessControlType.Allow));
        return security;
    }

    private static X509Certificate2 LoadCertificate(string path)
    {
        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(path);
        }
        catch (CryptographicException e)
        {
            throw new SigningKeyException($"{path} is no certificate ({e.Message}): put the right one back, or delete it to have it made again from the key", e);
        }
    }

    private static void WriteCertificate(string path, ECDsa key, string subject, TimeProvider time) =>
        WriteWhole(path, KeyCertificates.SelfSigned(key, subject, time.GetUtcNow()), isSecret: false);

    /// <summary>A key that others can read is none.</summary>
    /// <exception cref="SigningKeyException">Its rights are too open.</exception>
    [UnsupportedOSPlatform("windows")]
    internal static void RefuseOpenRights(string keyPath)
    {
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(keyPath) & others) != 0)
            throw new SigningKeyException($"{keyPath} can be read or written by other users: run chmod 600 on it, and consider making a new key");
    }
}
