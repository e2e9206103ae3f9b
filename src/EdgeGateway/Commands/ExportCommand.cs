using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;

namespace EdgeGateway.Commands;

/// <summary><c>export</c>: the lines a stopped gateway still keeps, as a file that <c>verify</c> and receivers take.</summary>
internal static class ExportCommand
{
    private const int AtATime = 500;

    public static Command Create()
    {
        var state = new Option<string>("--state") { Description = "State folder of the gateway, which must not run.", HelpName = "FOLDER", Required = true };
        var stream = new Option<string?>("--stream") { Description = $"One stream: {string.Join(" or ", Streams.InOrderOfUrgency)}. Default: all.", HelpName = "STREAM" };
        var from = new Option<long?>("--from") { Description = "First sequence number. Default: the oldest that is kept.", HelpName = "N" };
        var to = new Option<long?>("--to") { Description = "Last sequence number. Default: the newest.", HelpName = "N" };
        var file = new Option<string>("--out") { Description = "File to write.", HelpName = "FILE", Required = true };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file if it is there." };
        var command = new Command("export", "Write the sealed lines that a stopped gateway keeps, delivered or not, to a file. Exit 0: written, 1: nothing is kept there, 2: could not run.")
        {
            state, stream, from, to, file, overwrite,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(stream) is { } name && !Streams.InOrderOfUrgency.Contains(name))
                result.AddError($"--stream {name}: expected {string.Join(" or ", Streams.InOrderOfUrgency)}");
        });
        command.SetAction(parse => Run(parse.GetRequiredValue(state), parse.GetRequiredValue(file), parse.GetValue(overwrite),
            parse.GetValue(stream) is { } one ? [one] : Streams.InOrderOfUrgency, new NumberRange(parse.GetValue(from) ?? 1, parse.GetValue(to) ?? long.MaxValue)));
        return command;
    }

    private static int Run(string stateFolder, string file, bool overwrite, IReadOnlyList<string> streams, NumberRange range)
    {
        if (range.Low < 1 || range.Low > range.High) return Refuse("--from and --to: expected 1 ≤ from ≤ to");
        var folder = Path.Combine(Path.GetFullPath(stateFolder), "outbox");
        // Opening would make a store where there is none.
        if (!Directory.Exists(folder) || !Directory.EnumerateFiles(folder).Any()) return Refuse($"there is no store in {folder}; is --state the folder the gateway runs with?");
        if (File.Exists(file) && !overwrite) return Refuse($"{file} is there already; name another file with --out, or add --overwrite");
        try
        {
            using var outbox = LiteDbOutbox.OpenExisting(folder, TimeProvider.System);
            var exitCode = Export(outbox, file, streams, range);
            // A segment file that could not be read has been set aside; whoever asks for evidence has to know.
            foreach (var news in outbox.TakeNews()) Console.Error.WriteLine(news);
            return exitCode;
        }
        catch (OutboxException e)
        {
            return Refuse(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse($"{file} cannot be written: {e.Message}. Check its name, its rights and the room on the disk");
        }
    }

    private static int Export(IOutbox outbox, string file, IReadOnlyList<string> streams, NumberRange range)
    {
        // Beside the file until it is whole: what stands under the name that was asked for is never half of it.
        var unfinished = file + ".unfinished";
        var told = new List<string>();
        using (var output = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            foreach (var stream in streams)
                if (Write(outbox, output, stream, range) is { } said) told.Add(said);
            output.Flush(flushToDisk: true);
        }
        if (told.Count == 0)
        {
            File.Delete(unfinished);
            Console.Error.WriteLine($"nothing of {string.Join(" and ", streams)} is kept in that range; no file was written");
            return ExitCode.Found;
        }
        File.Move(unfinished, file, overwrite: true);
        foreach (var said in told) Console.WriteLine(said);
        return ExitCode.Clean;
    }

    /// <summary>What was written, in words; null if there was nothing.</summary>
    private static string? Write(IOutbox outbox, FileStream output, string stream, NumberRange range)
    {
        var (first, last, lines, unsigned) = (0L, 0L, 0L, 0L);
        for (var from = range.Low; from <= range.High;)
        {
            var kept = outbox.Stored(stream, from, range.High, AtATime);
            if (kept.Count == 0) break;
            foreach (var segment in kept)
            {
                // Evidence is what is signed; the gateway signs the rest when its key is back.
                if (!segment.IsSigned)
                {
                    unsigned++;
                    continue;
                }
                output.Write(segment.Line);
                output.WriteByte((byte)'\n');
            }
            if (first == 0) first = kept[0].Sequence;
            last = kept[^1].Sequence;
            lines += kept.Count;
            from = last + 1;
        }
        if (lines == 0) return null;
        var absent = last - first + 1 - lines;
        lines -= unsigned;
        return string.Create(CultureInfo.InvariantCulture,
            $"{stream}: {lines} lines, {first} to {last}{(absent == 0 ? "" : $"; {absent} numbers between them are not kept or no longer match their hash")}{(unsigned == 0 ? "" : $"; {unsigned} more wait for their signatures and are left out: start the gateway with its signing key first")}");
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine($"cannot export: {why}");
        return ExitCode.CannotStart;
    }
}
