using System.CommandLine;
using EdgeGateway.Commands.Probe;
using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Commands;

/// <summary><c>probe</c>: asks a line, a device or a signal once and shows everything that the answer could mean.</summary>
internal static class ProbeCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "A line, a device, or a signal as device.signal of the site.", Arity = ArgumentArity.ZeroOrOne };
        var site = SiteOption.Create();
        var frames = new Option<bool>("--frames") { Description = "Show the bytes of every question and answer with their times." };
        var state = new Option<string?>("--state") { Description = "State folder of the gateway, for lines that ask whom to trust (opcua). Default: 'state' below the site folder.", HelpName = "FOLDER" };
        var command = new Command("probe", "Ask live, on a connection of its own and only reading: values, raw bytes, all byte orders, round trips. Exit 0: all good, 1: something has no good value, 2: could not ask.") { name, site, frames, state };
        var options = new ProtocolOptions(command, type => type.LineKeys.Concat(type.DeviceKeys).Concat(type.PointColumns));
        command.SetStoppableAction(async (parse, cancellationToken) =>
        {
            var target = options.AreGiven(parse) ? AdHoc(parse, options) : OfSite(parse, options, parse.GetValue(site)!, parse.GetValue(name)); // has a default
            if (target is null) return ExitCode.CannotStart;
            var folder = parse.GetValue(state) ?? Path.Combine(parse.GetValue(site)!, "state"); // site has a default
            // A place that no site describes is asked under a name of its own, with a certificate and a trust of its own.
            target = target with { StateFolder = Path.GetFullPath(options.AreGiven(parse) ? Path.Combine(folder, "probe") : folder) };
            return await new ProbeRun(target, parse.GetValue(frames), TimeProvider.System, Console.Out, Console.Error).RunAsync(cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static ProbeTarget? OfSite(ParseResult parse, ProtocolOptions options, string folder, string? name)
    {
        if (options.Stray(parse) is { } stray)
        {
            Console.Error.WriteLine($"{stray} is for a place that no site describes: add --connect, or leave it out");
            return null;
        }
        if (SiteOption.Load(folder) is not { } plant) return null;
        var target = name is null ? null : ProbeTarget.Find(plant, name);
        if (target is not null)
        {
            if (ProtocolOptions.WhyNotDialled(target.Connect) is not { } reason) return target;
            Console.Error.WriteLine($"{name}: {reason}");
            return null;
        }
        var known = plant.Lines.SelectMany(line => line.Devices.Select(device => device.Name).Prepend(line.Name)).Distinct().ToList();
        var signals = plant.Groups.SelectMany(group => group.Signals).Select(signal => signal.Id.Text);
        Console.Error.WriteLine(name is null ? "what should be asked?" : $"{name} is no line, device or signal of the site{(NearestName.Of(name, known.Concat(signals)) is { } nearest ? $"; is {nearest} meant?" : "")}");
        Console.Error.WriteLine($"expected one of {string.Join(", ", known.Take(50))}{(known.Count > 50 ? ", …" : "")}, a signal as device.signal, or --connect and a place");
        return null;
    }

    private static ProbeTarget? AdHoc(ParseResult parse, ProtocolOptions options)
    {
        if (options.ReadLine(parse, Console.Error.WriteLine) is not var (connect, protocol)) return null;
        var settings = options.ReadDevice(parse, protocol, Console.Error.WriteLine);
        var point = options.ReadPoint(parse, protocol, "place", Console.Error.WriteLine);
        var keys = options.ReadLineKeys(parse, protocol, Console.Error.WriteLine);
        if (settings is null || point is null || (keys is null && protocol.LineKeys.Count > 0)) return null;
        var signal = new Signal { Id = SignalId.Of("probe", "place"), Scaling = Scaling.None, Unit = "" };
        return new ProbeTarget(connect, [new ProbeDevice("probe", protocol, settings, [(signal, point)])]) { Settings = keys };
    }
}
