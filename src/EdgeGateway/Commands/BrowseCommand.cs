using System.CommandLine;
using EdgeGateway.Commands.Ua;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.OpcUa.Browsing;

namespace EdgeGateway.Commands;

/// <summary><c>browse</c>: what an OPC UA server has, as a tree, as what a search finds, or as a device map.</summary>
internal static class BrowseCommand
{
    private const int Shallow = 3;

    public static Command Create()
    {
        var from = new Option<string?>("--from") { Description = $"Where to begin: {StartNode.Form}. Default: the folder Objects.", HelpName = "NODE" };
        var depth = new Option<int?>("--depth") { Description = $"Levels below the start. Default: {Shallow}; with --search or --map all, at most {TreeBounds.DeepestDepth}.", HelpName = "N" };
        var search = new Option<string?>("--search") { Description = "Show only nodes with this text in their browse or display name, whatever the capitals.", HelpName = "TEXT" };
        var values = new Option<bool>("--values") { Description = "Read each variable once: value, status, source time." };
        var properties = new Option<bool>("--properties") { Description = "Show properties, too." };
        var limit = new Option<int>("--limit") { Description = "Stop after so many nodes were looked at.", DefaultValueFactory = _ => 10_000, HelpName = "N" };
        var after = new Option<string?>("--after") { Description = "Go on behind this node, the last one of a walk that was stopped, with the same --from and --depth.", HelpName = "NODE" };
        var map = new Option<string?>("--map") { Description = "Write the variables as a device map.", HelpName = "FILE.csv" };
        var group = new Option<string>("--group") { Description = "With --map: the group of all points.", HelpName = "NAME", DefaultValueFactory = _ => "fast" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the map if it is there." };
        var command = new Command("browse", "Look through an OPC UA server: names, types, units, ranges and node ids. Only reads. Exit 0: all was looked at, 1: nothing was found, or there is more, 2: could not ask.");
        var target = new UaOptions(command);
        foreach (var option in new Option[] { from, depth, search, values, properties, limit, after, map, group, overwrite }) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(depth) is < 0 or > TreeBounds.DeepestDepth) result.AddError($"--depth: expected a whole number from 0 to {TreeBounds.DeepestDepth}");
            if (result.GetResult(limit) is not null && result.GetValue(limit) is < 1 or > TreeBounds.MostNodesEver) result.AddError($"--limit: expected a whole number from 1 to {TreeBounds.MostNodesEver}");
            if (result.GetValue(group) is { } name && !SignalId.IsValidPart(name)) result.AddError($"--group {name}: expected a name of 1 to {SignalId.MaxPartLength} letters A-Z, digits, - or _");
        });
        command.SetStoppableAction(async (parse, cancellationToken) =>
        {
            if (parse.GetValue(map) is { } file && File.Exists(file) && !parse.GetValue(overwrite))
            {
                await Console.Error.WriteLineAsync($"{file} is there already; name another file with --map, or add --overwrite").ConfigureAwait(false);
                return ExitCode.CannotStart;
            }
            if (target.Read(parse, Console.Error.WriteLine) is not { } server) return ExitCode.CannotStart;
            var isDeep = parse.GetValue(search) is not null || parse.GetValue(map) is not null;
            var bounds = new TreeBounds
            {
                Depth = parse.GetValue(depth) ?? (isDeep ? TreeBounds.DeepestDepth : Shallow),
                MostNodes = parse.GetValue(limit),
                WithProperties = parse.GetValue(properties),
                WithValues = parse.GetValue(values),
                Search = parse.GetValue(search),
                After = parse.GetValue(after),
            };
            var wish = new BrowseWish(parse.GetValue(from), bounds, parse.GetValue(map), parse.GetValue(overwrite), parse.GetRequiredValue(group));
            return await UaAsking.RunAsync(server, TimeProvider.System, Console.Error, session => new BrowseRun(wish, Console.Out, Console.Error).RunAsync(session, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        });
        return command;
    }
}
