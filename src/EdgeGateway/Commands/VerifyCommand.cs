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
        var revoked = new Option<string?>("--revoked") { Description = "List of revoked keys, each with the place up to which it was good (docs/wire.md §8).", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print the verdict as JSON." };
        var command = new Command("verify", "Verify received lines: signatures, sequence, chain, slot coverage, heads. Exit 0: clean, 1: faults, 2: could not run.") { files, certificates, revoked, json };
        command.SetAction(parse => Run(parse.GetRequiredValue(files), parse.GetRequiredValue(certificates), parse.GetValue(revoked), parse.GetValue(json)));
        return command;
    }

    private static int Run(string[] files, string[] certificates, string? revoked, bool asJson)
    {
        try
        {
            using var keys = TrustedKeys.Load(certificates);
            if (revoked is not null) RevocationList.Load(revoked, keys);
            if (files.FirstOrDefault(Directory.Exists) is { } folder)
            {
                Console.Error.WriteLine($"cannot verify: {folder} is a folder; name the files in it, such as {Path.Combine(folder, "received.egb1")}");
                return ExitCode.CannotStart;
            }
            // Twice: lines may come in any order, and a change of keys decides about lines before it in the file.
            var changes = new KeyChanges();
            foreach (var file in files)
                foreach (var line in EgbFile.Lines(file)) changes.Add(line);
            changes.TeachTo(keys);
            var verifier = new ChainVerifier(keys);
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
