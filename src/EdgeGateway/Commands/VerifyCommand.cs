using System.CommandLine;
using System.Security.Cryptography;
using EdgeGateway.Evidence;

namespace EdgeGateway.Commands;

/// <summary><c>verify</c>: judges files of received lines by docs/wire.md §6, trusting nothing but the given certificates.</summary>
internal static class VerifyCommand
{
    private const int MostProofBytes = 4 * Envelope.MaxLineBytes;

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Files of EGB1 lines.", Arity = ArgumentArity.OneOrMore };
        var certificates = new Option<string[]>("--cert") { Description = "Certificate or public key of the gateway; again for a second trusted key.", Required = true, HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        var prove = new Option<string?>("--prove") { Description = "Print a proof that a seal covers this payload, such as readings:1234, instead of the verdict.", HelpName = "STREAM:N" };
        var checkProof = new Option<bool>("--check-proof") { Description = "The files are proofs that --prove has printed: check them against --cert." };
        var revoked = new Option<string?>("--revoked") { Description = "List of revoked keys, each with the place up to which it was good (docs/wire.md §8).", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print the verdict as JSON." };
        var command = new Command("verify", "Verify received lines: signatures, sequence, chain, slot coverage, heads. Exit 0: clean, 1: faults, 2: could not run.") { files, certificates, revoked, prove, checkProof, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(prove) is { } wanted && PayloadName(wanted) is null) result.AddError($"--prove {wanted}: expected a stream and a sequence number, such as readings:1234");
            if (result.GetValue(prove) is not null && result.GetValue(checkProof)) result.AddError("--prove and --check-proof exclude each other");
        });
        command.SetAction(parse =>
            parse.GetValue(checkProof) ? Checked(() => CheckProofs(parse.GetRequiredValue(files), parse.GetRequiredValue(certificates), parse.GetValue(revoked)))
            : parse.GetValue(prove) is { } wanted && PayloadName(wanted) is { } name ? Checked(() => Prove(parse.GetRequiredValue(files), parse.GetRequiredValue(certificates), parse.GetValue(revoked), name.Stream, name.Sequence))
            : Checked(() => Run(parse.GetRequiredValue(files), parse.GetRequiredValue(certificates), parse.GetValue(revoked), parse.GetValue(json))));
        return command;
    }

    private static (string Stream, long Sequence)? PayloadName(string text) =>
        text.Split(':') is [var stream, var number] && JsonMembers.IsName(stream)
            && long.TryParse(number, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var sequence) && sequence > 0
            ? (stream, sequence)
            : null;

    private static int Prove(string[] files, string[] certificates, string? revoked, string stream, long sequence)
    {
        using var keys = Trusted(certificates, revoked);
        var changes = new KeyChanges();
        foreach (var file in files)
            foreach (var line in EgbFile.Lines(file)) changes.Add(line);
        changes.TeachTo(keys);
        var search = new ProofSearch(keys, stream, sequence);
        foreach (var file in files)
            foreach (var line in EgbFile.Lines(file)) search.Add(line);
        var proofs = search.Finish(out var why);
        foreach (var proof in proofs) Console.WriteLine(proof.ToJson());
        if (proofs.Count > 0) return ExitCode.Clean;
        Console.Error.WriteLine(why);
        return ExitCode.Found;
    }

    private static int CheckProofs(string[] files, string[] certificates, string? revoked)
    {
        using var keys = Trusted(certificates, revoked);
        var isProven = true;
        foreach (var file in files)
        {
            var objection = "it is no proof as --prove prints it";
            try
            {
                if (new FileInfo(file).Length <= MostProofBytes) objection = InclusionProof.FromJson(File.ReadAllText(file)).Objection(keys);
            }
            catch (System.Text.Json.JsonException)
            {
                // Said as it stands.
            }
            Console.WriteLine($"{file}: {objection ?? "proven"}");
            isProven &= objection is null;
        }
        return isProven ? ExitCode.Clean : ExitCode.Found;
    }

    private static TrustedKeys Trusted(string[] certificates, string? revoked)
    {
        var keys = TrustedKeys.Load(certificates);
        try
        {
            if (revoked is not null) RevocationList.Load(revoked, keys);
            return keys;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    private static int Checked(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or TrustedKeyException)
        {
            Console.Error.WriteLine($"cannot verify: {e.Message}{(e is IOException or UnauthorizedAccessException ? " Check its name and its rights" : "")}");
            return ExitCode.CannotStart;
        }
    }

    private static int Run(string[] files, string[] certificates, string? revoked, bool asJson)
    {
        using var keys = Trusted(certificates, revoked);
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
}
