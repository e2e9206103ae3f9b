using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Evidence;

namespace EdgeGateway.Commands;

/// <summary>
/// <c>keys show</c>: which key this gateway signs with, to be compared on both sides before a receiver trusts it. <c>keys platform</c>: the key that signs commands.
/// </summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var state = new Option<string>("--state") { Description = "State folder of the gateway.", DefaultValueFactory = _ => Path.Combine("config", "state"), HelpName = "FOLDER" };
        var show = new Command("show", "Print the signing certificate, its key id and its fingerprint.") { state };
        show.SetAction(parse => Show(parse.GetValue(state)!)); // has a default
        var folder = new Option<string>("--out") { Description = "Folder for signing.key, which stays with the platform, and signing.crt, which gateways name as broker.command-key.", Required = true, HelpName = "FOLDER" };
        var platform = new Command("platform", "Make the key that signs a platform's commands, if it is not there yet, and print its certificate.") { folder };
        platform.SetAction(parse => MakePlatform(parse.GetRequiredValue(folder)));
        return new Command("keys", "Look at the gateway's signing key, or make the platform's.") { show, platform };
    }

    private static int MakePlatform(string folder)
    {
        try
        {
            SigningKeyFile.LoadOrCreate(folder, "platform", TimeProvider.System).Dispose();
        }
        catch (SigningKeyException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.CannotStart;
        }
        return Print(Path.Combine(folder, SigningKeyFile.CertificateName));
    }

    private static int Show(string stateFolder)
    {
        var file = Path.Combine(stateFolder, "keys", SigningKeyFile.CertificateName);
        if (!File.Exists(file))
        {
            Console.Error.WriteLine($"{Path.GetFullPath(file)} is not there, or may not be seen by this user. A gateway makes its key at its first start; is --state the folder it runs with?");
            return ExitCode.CannotStart;
        }
        return Print(file);
    }

    private static int Print(string file)
    {
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
