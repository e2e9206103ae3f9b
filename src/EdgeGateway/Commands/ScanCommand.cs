using System.CommandLine;
using EdgeGateway.Drivers;

namespace EdgeGateway.Commands;

/// <summary><c>scan</c>: looks for the devices on a line.</summary>
internal static class ScanCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("LINE") { Description = "A line of the site. The gateway must not use it at the same time if it is a serial port or bears one master only.", Arity = ArgumentArity.ZeroOrOne };
        var site = SiteOption.Create();
        var from = new Option<string?>("--from") { Description = "First address, in the protocol's notation. Default: its first (Modbus: unit 1).", HelpName = "ADDRESS" };
        var to = new Option<string?>("--to") { Description = "Last address. Default: the protocol's last (Modbus: unit 247).", HelpName = "ADDRESS" };
        var patience = DurationOption.Create("--patience", "How long each address may take to answer. Default: what the protocol and the speed of the port need (Modbus: 300ms, meters at 2400 baud: about 800ms).");
        var most = new Option<int>("--max-questions") { Description = "Stop after so many questions.", DefaultValueFactory = _ => 1000, HelpName = "N" };
        var command = new Command("scan", "Look for the devices on a line with the least harmful read question, one address after the other. Exit 0: found some, 1: found none, 2: could not ask.") { name, site, from, to, patience, most };
        var options = new ProtocolOptions(command, _ => []);
        command.Validators.Add(result =>
        {
            if (result.GetResult(most) is not null && result.GetValue(most) < 1) result.AddError("--max-questions: expected a whole number of at least 1");
        });
        command.SetStoppableAction(async (parse, cancellationToken) =>
        {
            if ((options.AreGiven(parse) ? options.ReadLine(parse, Console.Error.WriteLine) : OfSite(parse, options, parse.GetValue(site)!, parse.GetValue(name))) is not var (connect, protocol)) // has a default
                return ExitCode.CannotStart;
            if (protocol.CreateScan(TimeProvider.System) is not { } scan)
            {
                await Console.Error.WriteLineAsync($"{protocol.Name} has no addresses to search").ConfigureAwait(false);
                return ExitCode.CannotStart;
            }
            var bounds = new ScanBounds(parse.GetValue(from), parse.GetValue(to), parse.GetValue(patience) ?? protocol.ScanPatience(PortOf(connect)), parse.GetValue(most));
            return await new ScanRun(connect, scan, bounds, TimeProvider.System, Console.Out, Console.Error).RunAsync(cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static SerialAddress? PortOf(Uri connect) => connect.Scheme == SerialAddress.Scheme ? SerialAddress.Parse(connect, out _) : null;

    private static (Uri, DriverType)? OfSite(ParseResult parse, ProtocolOptions options, string folder, string? name)
    {
        if (options.Stray(parse) is { } stray)
        {
            Console.Error.WriteLine($"{stray} is for a line that no site describes: add --connect, or leave it out");
            return null;
        }
        if (SiteOption.Load(folder) is not { } plant) return null;
        if (plant.Lines.FirstOrDefault(line => line.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found)
        {
            if (ProtocolOptions.WhyNotDialled(found.Connect) is not { } reason) return (found.Connect, found.Protocol);
            Console.Error.WriteLine($"line {found.Name}: {reason}");
            return null;
        }
        Console.Error.WriteLine($"{(name is null ? "which line?" : $"{name} is no line of the site:")} expected one of {string.Join(", ", plant.Lines.Select(line => line.Name))}, or --connect and --protocol");
        return null;
    }
}
