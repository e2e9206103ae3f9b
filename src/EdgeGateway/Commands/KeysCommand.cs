using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Evidence.Keys;

namespace EdgeGateway.Commands;

/// <summary>
/// <c>keys</c>: which keys this gateway signs with, to be compared on both sides before a receiver trusts them; new ones, requests for certificates and what comes back;
/// and the key that signs a platform's commands.
/// </summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Look at the gateway's signing keys, replace them, have them certified; or make the platform's.")
    {
        Show(), List(), Export(), Inspect(), Request(), Accept(), Rotate(), Discard(), Platform(),
    };

    private static Command Show()
    {
        var state = StateOption();
        var command = new Command("show", "Print the certificate of each key that signs now, its key id and its fingerprint.") { state };
        command.SetAction(parse => Guarded(() => Shown(parse.GetValue(state)!))); // has a default
        return command;
    }

    private static Command List()
    {
        var state = StateOption();
        var command = new Command("list", "List the keys that sign now, that lie ready and that were replaced. Exit 1 if one ends within 90 days, or has.") { state };
        command.SetAction(parse => Guarded(() => Listed(parse.GetValue(state)!))); // has a default
        return command;
    }

    private static Command Export()
    {
        var state = StateOption();
        var file = new Option<string>("--out") { Description = "File for the certificate, to be given to receivers.", Required = true, HelpName = "FILE" };
        var algorithm = AlgorithmOption();
        var command = new Command("export", "Copy the certificate of the key that signs now. The private key stays.") { state, file, algorithm };
        command.SetAction(parse => Guarded(() => Exported(parse.GetValue(state)!, parse.GetRequiredValue(file), AlgorithmOf(parse.GetValue(algorithm)!)))); // have defaults
        return command;
    }

    private static Command Inspect()
    {
        var file = new Argument<string>("FILE") { Description = "A certificate, a public key or a request for a certificate (PEM)." };
        var command = new Command("inspect", "Print key id and fingerprint of what somebody else handed over: the other side of keys show and keys csr.") { file };
        command.SetAction(parse => Guarded(() => Inspected(parse.GetRequiredValue(file))));
        return command;
    }

    private static Command Request()
    {
        var (site, state, algorithm) = (SiteOption.Create(), StateOfSiteOption(), AlgorithmOption());
        var isNew = new Option<bool>("--new") { Description = "Make a new key, which comes into force when its certificate is accepted. Without it: a new term for the key that signs now." };
        var code = new Option<string?>("--code-file") { Description = "File with the platform's one-time code on its first line; it goes into the request. - reads it from standard input.", HelpName = "FILE" };
        var command = new Command("csr", "Write a request for a certificate (PKCS#10) and print its fingerprint.") { site, state, algorithm, isNew, code };
        command.SetAction(parse => WithKeys(parse.GetValue(site)!, parse.GetValue(state), (folder, subject) =>
        {
            var oneTimeCode = ReadCode(parse.GetValue(code));
            var of = AlgorithmOf(parse.GetValue(algorithm)!); // has a default
            var file = parse.GetValue(isNew) ? folder.MakeNext(of, subject, asRequest: true, oneTimeCode) : folder.RequestRenewal(of, subject, oneTimeCode);
            Console.WriteLine($"request      {file}");
            PrintKey(KeyCertificates.PublicKeyOfRequest(File.ReadAllText(file)) ?? throw new SigningKeyException($"{file}, written just now, cannot be read again"));
            Console.WriteLine("Have the platform compare key id and fingerprint (keys inspect), then hand in the certificate it issues: keys accept FILE");
            return ExitCode.Clean;
        }));
        return command;
    }

    private static Command Accept()
    {
        var (site, state) = (SiteOption.Create(), StateOfSiteOption());
        var file = new Argument<string>("FILE") { Description = "The certificate that was issued (PEM or DER)." };
        var command = new Command("accept", "Take the certificate that was issued for this gateway's request. It must be for a key that is here.") { file, site, state };
        command.SetAction(parse => WithKeys(parse.GetValue(site)!, parse.GetValue(state), (folder, _) =>
        {
            var said = folder.Accept(ReadSmall(parse.GetRequiredValue(file)));
            Console.WriteLine($"accepted: {said}");
            return ExitCode.Clean;
        }));
        return command;
    }

    private static Command Rotate()
    {
        var (site, state, algorithm) = (SiteOption.Create(), StateOfSiteOption(), AlgorithmOption());
        var command = new Command("rotate", "Make a new key with a certificate of its own; the running gateway, or the next start, replaces the old one by an event that both sign.") { site, state, algorithm };
        command.SetAction(parse => WithKeys(parse.GetValue(site)!, parse.GetValue(state), (folder, subject) =>
        {
            var file = folder.MakeNext(AlgorithmOf(parse.GetValue(algorithm)!), subject, asRequest: false, code: null); // has a default
            PrintCertificate(file);
            Console.WriteLine("It replaces the old key within seconds if the gateway runs, else at its next start; the log says so. Receivers that trust the old key follow by the signed event");
            return ExitCode.Clean;
        }));
        return command;
    }

    private static Command Discard()
    {
        var (site, state) = (SiteOption.Create(), StateOfSiteOption());
        var command = new Command("discard", "Give up a new key that has not come into force yet.") { site, state };
        command.SetAction(parse => WithKeys(parse.GetValue(site)!, parse.GetValue(state), (folder, _) =>
        {
            Console.WriteLine(folder.Discard() ? "the new key is gone; the old one signs on" : "no new key lies here");
            return ExitCode.Clean;
        }));
        return command;
    }

    private static Command Platform()
    {
        var folder = new Option<string>("--out") { Description = "Folder for signing.key, which stays with the platform, and signing.crt, which gateways name as broker.command-key.", Required = true, HelpName = "FOLDER" };
        var command = new Command("platform", "Make the key that signs a platform's commands, if it is not there yet, and print its certificate.") { folder };
        command.SetAction(parse => Guarded(() =>
        {
            SigningKeyFile.LoadOrCreate(parse.GetRequiredValue(folder), "platform", TimeProvider.System).Dispose();
            return PrintCertificate(Path.Combine(parse.GetRequiredValue(folder), SigningKeyFile.CertificateName));
        }));
        return command;
    }

    private static int Shown(string stateFolder)
    {
        using var folder = FolderAt(stateFolder);
        var signing = folder.List().Where(entry => entry.Name.StartsWith("signing", StringComparison.Ordinal)).ToList();
        if (signing.Count == 0) throw Nothing(folder);
        foreach (var (_, _, certificate) in signing) PrintCertificate(certificate);
        return ExitCode.Clean;
    }

    private static int Listed(string stateFolder)
    {
        using var folder = FolderAt(stateFolder);
        var keys = folder.List();
        if (keys.Count == 0) throw Nothing(folder);
        var now = TimeProvider.System.GetUtcNow();
        var ending = false;
        foreach (var (name, key, _) in keys)
        {
            var notice = name.StartsWith("former", StringComparison.Ordinal) ? null : Recording.ExpiryWatch.Notice(key, now);
            ending |= notice is not null;
            Console.WriteLine($"{UseOf(name),-8}  {key.Algorithm,-6}  {key.KeyId}  {key.KeptIn}, until {key.NotAfter:yyyy-MM-dd}{(key.IsIssued ? "" : ", self-signed")}{(notice is null ? "" : $": {notice}")}");
        }
        foreach (var name in folder.Waiting()) Console.WriteLine($"{UseOf(name),-8}  waits for its certificate: {name}.csr has to be issued, then keys accept");
        return ending ? ExitCode.Found : ExitCode.Clean;
    }

    private static string UseOf(string name) => name.StartsWith("signing", StringComparison.Ordinal) ? "signs" : name.StartsWith("next", StringComparison.Ordinal) ? "next" : "replaced";

    private static int Exported(string stateFolder, string file, string algorithm)
    {
        using var folder = FolderAt(stateFolder);
        var entry = folder.List().FirstOrDefault(entry => entry.Name.StartsWith("signing", StringComparison.Ordinal) && entry.Key.Algorithm == algorithm);
        if (entry.Certificate is not { } certificate) throw Nothing(folder);
        if (File.Exists(file)) throw new SigningKeyException($"{file} is there already: name another file with --out");
        File.Copy(certificate, file);
        return PrintCertificate(file);
    }

    private static int Inspected(string file)
    {
        var bytes = ReadSmall(file);
        if (KeyCertificates.PublicKeyOfRequest(System.Text.Encoding.ASCII.GetString(bytes)) is { } info)
        {
            Console.WriteLine($"request      {Path.GetFullPath(file)}, signed by its own key");
            PrintKey(info);
            return ExitCode.Clean;
        }
        try
        {
            using var keys = TrustedKeys.Load(file);
            return keys.KeyIds.Count == 1 && bytes.AsSpan().IndexOf("PUBLIC KEY"u8) < 0 ? PrintCertificate(file) : PrintKeyId(keys.KeyIds.First());
        }
        catch (TrustedKeyException e)
        {
            throw new SigningKeyException(e.Message, e);
        }
    }

    private static int PrintKeyId(string keyId)
    {
        Console.WriteLine($"key id       {keyId}");
        return ExitCode.Clean;
    }

    private static int PrintCertificate(string file)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
            Console.WriteLine($"certificate  {Path.GetFullPath(file)}");
            Console.WriteLine($"subject      {certificate.Subject}");
            if (certificate.Issuer != certificate.Subject) Console.WriteLine($"issuer       {certificate.Issuer}");
            Console.WriteLine($"valid until  {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}");
            PrintKey(certificate.PublicKey.ExportSubjectPublicKeyInfo());
            Console.WriteLine($"SHA-256      {Grouped(certificate.GetCertHash(HashAlgorithmName.SHA256))}");
            Console.WriteLine(certificate.ExportCertificatePem());
            return ExitCode.Clean;
        }
        catch (Exception e) when (e is CryptographicException)
        {
            throw new SigningKeyException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>The key's own fingerprint is the same in a request and in every certificate for it; that is what both sides compare.</summary>
    private static void PrintKey(byte[] publicKeyInfo)
    {
        Console.WriteLine($"key id       {Es256Signer.KeyIdOf(publicKeyInfo)}");
        Console.WriteLine($"key SHA-256  {Grouped(SHA256.HashData(publicKeyInfo))}");
    }

    private static string Grouped(byte[] hash) => string.Join(':', hash.Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));

    // A code is a secret until it is used: it must not stand where every user of the machine can read it.
    private static string? ReadCode(string? file)
    {
        if (file is null) return null;
        var code = (file == "-" ? Console.In.ReadLine() : File.ReadLines(file).FirstOrDefault())?.Trim();
        return code is { Length: > 0 and <= 128 } && !code.Any(char.IsControl)
            ? code
            : throw new SigningKeyException($"{(file == "-" ? "standard input" : file)} holds no code: expected one line of 1 to 128 characters");
    }

    private static byte[] ReadSmall(string file)
    {
        const int most = 1 << 20;
        if (new FileInfo(file) is { Exists: true, Length: > most } large) throw new SigningKeyException($"{file} holds {large.Length} bytes, more than any certificate: name another file");
        return File.ReadAllBytes(file);
    }

    private static int WithKeys(string siteFolder, string? stateFolder, Func<KeyFolder, string, int> act)
    {
        if (SiteOption.Load(siteFolder) is not { } plant) return ExitCode.CannotStart;
        return Guarded(() =>
        {
            var state = stateFolder ?? (Environment.GetEnvironmentVariable("STATE_DIRECTORY") is { Length: > 0 } given ? given : Path.Combine(siteFolder, "state"));
            using var folder = SigningSetup.FolderOf(plant.Signing, state, TimeProvider.System);
            return act(folder, $"{plant.Site}/{plant.Gateway}");
        });
    }

    private static KeyFolder FolderAt(string stateFolder) => SigningSetup.FolderOf(new SigningSettings(), stateFolder, TimeProvider.System);

    private static SigningKeyException Nothing(KeyFolder folder) => new(
        $"{Path.Combine(folder.FullPath, SigningKeyFile.CertificateName)} is not there, or may not be seen by this user. A gateway makes its key at its first start; is --state the folder it runs with?");

    private static int Guarded(Func<int> act)
    {
        try
        {
            return act();
        }
        catch (SigningKeyException e)
        {
            Console.Error.WriteLine(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{e.Message} Check its name and its rights");
        }
        return ExitCode.CannotStart;
    }

    private static Option<string> StateOption() =>
        new("--state") { Description = "State folder of the gateway.", DefaultValueFactory = _ => Path.Combine("config", "state"), HelpName = "FOLDER" };

    private static Option<string?> StateOfSiteOption() =>
        new("--state") { Description = "State folder of the gateway. Default: $STATE_DIRECTORY, or 'state' below the site folder.", HelpName = "FOLDER" };

    private static Option<string> AlgorithmOption()
    {
        var option = new Option<string>("--algorithm") { Description = "Which of the gateway's keys: es256 or sm2.", DefaultValueFactory = _ => "es256" };
        option.AcceptOnlyFromAmong("es256", "sm2");
        return option;
    }

    private static string AlgorithmOf(string option) => option == "sm2" ? SignatureAlgorithm.Sm2Sm3 : SignatureAlgorithm.Es256;
}
