using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Evidence;

namespace EdgeGateway.Commands;

/// <summary><c>keys show</c>: which key this gateway signs with, to be compared on both sides before a receiver trusts it.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var state = new Option<string>("--state") { Description = "State folder of the gateway.", DefaultValueFactory = _ => Path.Combine("config", "state"), HelpName = "FOLDER" };
        var show = new Command("show", "Print the signing certificate, its key id and its fingerprint.") { state };
        show.SetAction(parse => Show(parse.GetValue(state)!)); // has a default
        return new Command("keys", "Look at the gateway's signing key.") { show };
    }

    private static int Show(string stateFolder)
    {
        var file = Path.Combine(stateFolder, "keys", SigningKeyFile.CertificateName);
        if (!File.Exists(file))
        {
            Console.Error.WriteLine($"{Path.GetFullPath(file)} is not there, or may not be seen by this user. A gateway makes its key at its first start; is --state the folder it runs with?");
            return ExitCode.CannotStart;
        }
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
            using var key = certificate.GetECDsaPublicKey() ?? throw new CryptographicException("no ECDSA key in it");
            Console.WriteLine($"certificate  {Path.GetFullPath(file)}");
            Console.WriteLine($"subject      {certificate.Subject}");
            Console.WriteLine($"valid until  {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}");
            Console.WriteLine($"key id       {Es256Signer.KeyIdOf(key)}");
            Console.WriteLine($"SHA-256      {string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)))}");
            Console.WriteLine(certificate.ExportCertificatePem());
            return ExitCode.Clean;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{file}: {e.Message}");
            return ExitCode.CannotStart;
        }
    }
}
