using System.CommandLine;
using System.Security.Cryptography;
using EdgeGateway.Evidence;

namespace EdgeGateway.Commands;

/// <summary><c>verify</c>: judges files of received lines by docs/wire.md §6, trusting nothing but the given certificates.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Files of EGB1 lines.", Arity = ArgumentArity.OneOrMore };
        var certificates = new Option<string[]>("--cert") { Description = "Certificate or public key of the gateway; again for a second trusted key.", Required = true, HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        var json = new Option<bool>("--json") { Description = "Print the verdict as JSON." };
        var command = new Command("verify", "Verify received lines: signatures, sequence, chain, slot coverage, heads. Exit 0: clean, 1: faults, 2: could not run.") { files, certificates, json };
        command.SetAction(parse => Run(parse.GetRequiredValue(files), parse.GetRequiredValue(certificates), parse.GetValue(json)));
        return command;
    }

    private static int Run(string[] files, string[] certificates, bool asJson)
    {
        try
        {
            using var keys = TrustedKeys.Load(certificates);
            var verifier = new ChainVerifier(keys);
            if (files.FirstOrDefault(Directory.Exists) is { } folder)
            {
                Console.Error.WriteLine($"cannot verify: {folder} is a folder; name the files in it, such as {Path.Combine(folder, "received.egb1")}");
                return ExitCode.CannotStart;
            }
            foreach (var file in files)
                foreach (var line in EgbFile.Lines(file)) verifier.Add(line);
            var verdict = verifier.Finish();
            Console.WriteLine(asJson ? verdict.ToJson() : verdict.ToText());
            return verdict.IsOk ? ExitCode.Clean : ExitCode.Found;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or TrustedKeyException)
        {
            Console.Error.WriteLine($"cannot verify: {e.Message}{(e is IOException or UnauthorizedAccessException ? " Check its name and its rights" : "")}");
            return ExitCode.CannotStart;
        }
    }
}
