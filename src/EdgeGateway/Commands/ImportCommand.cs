using System.CommandLine;
using System.Text;
using EdgeGateway.Config;
using EdgeGateway.Config.Import;
using EdgeGateway.Drivers;

namespace EdgeGateway.Commands;

/// <summary><c>import</c>: a manufacturer's point table becomes a device map.</summary>
internal static class ImportCommand
{
    private const long MaxBytes = 16 << 20;

    private static readonly Dictionary<string, AddressBase> Bases = new() { ["0"] = AddressBase.Zero, ["1"] = AddressBase.One, ["40001"] = AddressBase.Modicon };

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Point table as CSV: comma, semicolon or tab; UTF-8 or GBK; titles above the header do not matter." };
        var output = new Option<string>("--out") { Description = "Device map to write.", HelpName = "FILE", Required = true };
        var protocol = new Option<string>("--protocol") { Description = "Protocol of the device.", HelpName = "PROTOCOL", DefaultValueFactory = _ => "modbus-tcp" };
        var group = new Option<string>("--group") { Description = "Group of all points.", HelpName = "NAME", DefaultValueFactory = _ => "fast" };
        var addresses = new Option<string?>("--addresses") { Description = "How addresses count, where the table leaves a doubt: 0, 1, or 40001 for addresses with their table in front.", HelpName = "0|1|40001" };
        var area = new Option<string?>("--area") { Description = "Table of points that name none: coil, discrete, holding, input.", HelpName = "AREA" };
        var order = new Option<string?>("--order") { Description = "Byte order of numbers of several registers that name none: ABCD, CDAB, BADC, DCBA.", HelpName = "ORDER" };
        var skip = new Option<bool>("--skip-bad") { Description = "Write the rows that were understood although others were not." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file if it is there." };
        var command = new Command("import", "Make a device map of a point table. Says how each column was understood and guesses nothing. Exit 0: written, 1: rows were not understood and nothing was written, 2: could not run.")
        {
            file, output, protocol, group, addresses, area, order, skip, overwrite,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(addresses) is { } text && !Bases.ContainsKey(text)) result.AddError($"--addresses {text}: expected 0, 1 or 40001");
            if (result.GetValue(area) is { } table && PointWords.Area(table) is null) result.AddError($"--area {table}: expected coil, discrete, holding or input");
            if (result.GetValue(order) is { } bytes && PointWords.Order(bytes) is null) result.AddError($"--order {bytes}: expected ABCD, CDAB, BADC or DCBA");
            if (result.GetValue(protocol) is { } name && DriverCatalog.Find(name) is null) result.AddError($"--protocol {name}: expected one of {string.Join(", ", DriverCatalog.All.Select(type => type.Name))}");
        });
        command.SetAction(parse =>
        {
            var choices = new ImportChoices(
                DriverCatalog.Find(parse.GetRequiredValue(protocol))!, // validated above
                parse.GetRequiredValue(group), parse.GetValue(addresses) is { } text ? Bases[text] : null,
                parse.GetValue(area) is { } table ? PointWords.Area(table) : null, parse.GetValue(order) is { } bytes ? PointWords.Order(bytes) : null);
            return Run(parse.GetRequiredValue(file), parse.GetRequiredValue(output), choices, parse.GetValue(skip), parse.GetValue(overwrite));
        });
        return command;
    }

    private static int Run(string file, string output, ImportChoices choices, bool skipsBad, bool overwrites)
    {
        if (File.Exists(output) && !overwrites) return Refuse($"{output} is there already; name another file with --out, or add --overwrite");
        try
        {
            if (new FileInfo(file).Length > MaxBytes) return Refuse($"{file} has more than {MaxBytes >> 20} MiB; is it a point table?");
            var faults = new FaultList();
            if (FileText.Decode(file, File.ReadAllBytes(file), faults) is not { } text)
            {
                foreach (var fault in faults.InOrder()) Console.Error.WriteLine(fault);
                return ExitCode.CannotStart;
            }
            var import = PointTableImport.Read(Path.GetFileName(file), text, choices);
            foreach (var remark in import.Remarks) Console.WriteLine(remark);
            foreach (var refusal in import.Refusals) Console.Error.WriteLine(refusal);
            if (!import.IsTable || import.Points == 0 || (import.Refusals.Count > 0 && !skipsBad))
            {
                Console.Error.WriteLine($"{import.Points} points understood, {import.Refusals.Count} refused; nothing was written{(import is { IsTable: true, Points: > 0 } ? ". --skip-bad writes what was understood" : "")}");
                return ExitCode.Found;
            }
            if (!TryWrite(output, import.ToMap(), overwrites)) return ExitCode.CannotStart;
            Console.WriteLine($"{import.Points} points written to {output}{(import.Refusals.Count > 0 ? $", {import.Refusals.Count} rows left out" : "")}");
            return ExitCode.Clean;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse($"{e.Message}. Check the names of the files and their rights");
        }
    }

    /// <summary>Writes the map; says why not, and how the file is left, if it cannot.</summary>
    private static bool TryWrite(string output, string map, bool overwrites)
    {
        try
        {
            WholeFile.Write(output, overwrites, stream => stream.Write(Encoding.UTF8.GetBytes(map)));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var left = File.Exists(output) ? "what was there is as it was" : "nothing is there";
            Console.Error.WriteLine($"{output} was not written, {left}: {e.Message}. Check the room on the disk and the rights of the folder, then import again");
            return false;
        }
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine(why);
        return ExitCode.CannotStart;
    }
}
