using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>
/// Our certificates in <c>pki/own</c>: the one in use, the next one until the servers trust it, and the one before. Each is a certificate with its key; a switch that was cut short is
/// finished when they are used next.
/// </summary>
/// <param name="folder">The folder <c>pki</c>.</param>
internal sealed class OwnCertificates(string folder)
{
    /// <summary>Files of the certificate in use.</summary>
    public (string Certificate, string Key) Current { get; } = In(Path.Combine(folder, "own"));

    /// <summary>Files of the one that is to be used next.</summary>
    public (string Certificate, string Key) Next { get; } = In(Path.Combine(folder, "own", "next"));

    /// <summary>Files of the one that was used before.</summary>
    public (string Certificate, string Key) Previous { get; } = In(Path.Combine(folder, "own", "previous"));

    /// <summary>Makes the next certificate, with a new key, for the same application and hosts. The one in use stays so.</summary>
    /// <exception cref="OpcUaException">There is no certificate in use, or there is a next one already, or a file cannot be written.</exception>
    public void Renew(TimeProvider time)
    {
        using var current = Show(Current, StoredCertificate.Own) ?? throw new OpcUaException(StatusCodes.BadConfigurationError, $"{Current.Certificate} is not there: a gateway makes it when an OPC UA line needs it first");
        if (File.Exists(Next.Certificate))
            throw new OpcUaException(StatusCodes.BadConfigurationError, $"{Next.Certificate} is there already: give it to the servers and put it to use, or delete the folder {Path.Combine(folder, "own", "next")} to have another one made");
        if (current.ApplicationUri is not { } uri) throw new OpcUaException(StatusCodes.BadCertificateUriInvalid, $"{Current.Certificate} names no application: it is none of ours. Move it away to have a new one made");
        var name = current.Certificate.GetNameInfo(X509NameType.SimpleName, false);
        using var made = ApplicationCertificate.Create(name, uri, current.Hosts, time);
        StoreFile.Said(Next.Certificate, () =>
        {
            ApplicationCertificate.Save(made, Next.Certificate, Next.Key);
            return 0;
        });
    }

    /// <summary>One of them with its key, to be used.</summary>
    /// <exception cref="OpcUaException">It is not there, or is no pair with its key.</exception>
    public static X509Certificate2 Load((string Certificate, string Key) files) => StoreFile.Said(files.Certificate, () => X509Certificate2.CreateFromPemFile(files.Certificate, files.Key));

    /// <summary>One of them without its key, to be looked at; null if there is none. The caller disposes it.</summary>
    /// <exception cref="OpcUaException">The file cannot be read.</exception>
    public static StoredCertificate? Show((string Certificate, string Key) files, string place) =>
        File.Exists(files.Certificate) ? new StoredCertificate(place, files.Certificate, StoreFile.Read(files.Certificate, X509CertificateLoader.LoadCertificate)) : null;

    /// <summary>Puts the next certificate to use, and keeps the one that was used.</summary>
    /// <exception cref="OpcUaException">There is no next one, or a file cannot be moved: what is in use then still is, or becomes the next one when it is used.</exception>
    public void Switch()
    {
        using (Load(Next))
        {
            // a pair: it can be used
        }
        Keep(Current.Certificate, Previous.Certificate);
        Keep(Current.Key, Previous.Key);
        // Between the two moves the certificate in use does not fit its key: who looks then finds a next certificate without a key, and finishes.
        Move(Next.Key, Current.Key);
        FinishSwitch();
    }

    /// <summary>Ends a switch that was cut short between the key and the certificate.</summary>
    public void FinishSwitch()
    {
        if (File.Exists(Next.Certificate) && !File.Exists(Next.Key) && File.Exists(Current.Key)) Move(Next.Certificate, Current.Certificate);
    }

    private static (string Certificate, string Key) In(string folder) => (Path.Combine(folder, "certs", "edgegateway.pem"), Path.Combine(folder, "private", "edgegateway.key.pem"));

    private static void Move(string from, string to) => StoreFile.Said(from, () =>
    {
        File.Move(from, to, overwrite: true);
        return 0;
    });

    // A copy keeps the rights of a file: the key stays for us only.
    private static void Keep(string from, string to) => StoreFile.Said(to, () =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!); // in folders: there is a name
        File.Copy(from, to, overwrite: true);
        return 0;
    });
}
