using System.Globalization;
using System.Text;
using EdgeGateway.Config.Import;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Browsing;
using EdgeGateway.Drivers.OpcUa.Client;

namespace EdgeGateway.Commands.Ua;

/// <summary>What a person wants to see of a server.</summary>
/// <param name="From">Where to begin; null for the folder Objects.</param>
/// <param name="Bounds">How far.</param>
/// <param name="MapFile">Where the variables go as a device map; null for nowhere.</param>
/// <param name="Overwrites">A file that is there is replaced.</param>
/// <param name="Group">The group of the map's points.</param>
internal sealed record BrowseWish(string? From, TreeBounds Bounds, string? MapFile, bool Overwrites, string Group);

/// <summary>Walks through a server and prints each node as it is met; afterwards it writes the map. Only reads.</summary>
internal sealed class BrowseRun(BrowseWish wish, TextWriter output, TextWriter errors)
{
    private readonly NodeMap? _map = wish.MapFile is null ? null : new NodeMap(wish.Group);
    private readonly HashSet<string> _mapped = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _leftOut = new(StringComparer.Ordinal);
    private int _shown;
    private int _variables;

    /// <summary><see cref="ExitCode.Clean"/> if everything was looked at, <see cref="ExitCode.Found"/> if nothing was found or a bound ended it.</summary>
    /// <exception cref="OpcUaException">The link broke, or there is no such start.</exception>
    public async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        var server = await ServerState.AskAsync(session, cancellationToken).ConfigureAwait(false);
        var start = await StartNode.FindAsync(session, server, wish.From, cancellationToken).ConfigureAwait(false);
        var tree = new NodeTree(session, server, wish.Bounds);
        try
        {
            await foreach (var node in tree.WalkAsync(start, cancellationToken).ConfigureAwait(false))
            {
                _shown++;
                await output.WriteLineAsync(wish.Bounds.Search is null ? InTree(node) : $"{node.Path}{About(node)}").ConfigureAwait(false);
                if (node.IsVariable) _variables++;
                if (_map is not null && node.IsVariable) Map(node);
            }
        }
        catch (Exception e) when (e is OpcUaException or OperationCanceledException)
        {
            if (tree.Last is { } last) await errors.WriteLineAsync($"Not all was looked at, and no map was written. Go on behind the last node with --after \"{last.NodeText}\"").ConfigureAwait(false);
            throw;
        }
        await SummariseAsync(tree).ConfigureAwait(false);
        if (_map is not null && !TryWrite(session.Endpoint.Description.Server.ApplicationUri)) return ExitCode.CannotStart;
        return tree.IsCut || !tree.IsBehind || _shown == 0 ? ExitCode.Found : ExitCode.Clean;
    }

    private static string InTree(BrowsedNode node) => $"{new string(' ', node.Depth * 2)}{Names(node)}{About(node)}";

    private static string Names(BrowsedNode node) => node.DisplayName == node.BrowseName ? node.BrowseName : $"{node.BrowseName} \"{node.DisplayName}\"";

    private static string About(BrowsedNode node)
    {
        var text = new StringBuilder();
        if (node.Facts is { } facts) text.Append("  ").Append(TypeOf(facts));
        text.Append("  ").Append(node.NodeText);
        if (node.Facts?.Value is { } value)
            text.Append(value.Status.IsBad ? "" : $"  = {ValueText.Of(value.Value)}").Append("  ").Append(value.Status).Append(value.SourceTime.IsKnown ? $"  {value.SourceTime}" : "");
        if (node.Halt is { Length: > 0 } halt) text.Append("  (").Append(halt).Append(')');
        return text.ToString();
    }

    private static string TypeOf(VariableFacts facts)
    {
        var text = facts.DataType + (facts.ValueRank >= 1 ? string.Concat(Enumerable.Repeat("[]", Math.Min(facts.ValueRank, 3))) : "");
        if (facts.Unit.Length > 0) text += $", {facts.Unit}";
        if (facts is { Low: { } low, High: { } high }) text += string.Create(CultureInfo.InvariantCulture, $", {low} .. {high}");
        if (facts.HasHistory) text += ", with history";
        return facts.IsReadable ? text : $"{text}, not readable for this user";
    }

    private void Map(BrowsedNode node)
    {
        var why = node switch
        {
            { Facts: null } => "of which nothing is known",
            { Facts.IsReadable: false } => "that this user may not read",
            { Facts.Kind: ValueKind.Structure } => "that are structures (name a node below that holds one number or text)",
            { Facts.IsScalar: false } => "that are arrays (a map names their elements by index)",
            { Name: null } => "whose node ids cannot be written in a map",
            _ => null,
        };
        if (why is null && !_mapped.Add(node.NodeText)) why = "that stand in several places";
        if (why is null && !_map!.Add(RowOf(node, node.Facts!))) why = "beyond what one map may hold (split the device by --from)"; // there is a map; known by the first case
        if (why is not null) _leftOut[why] = _leftOut.GetValueOrDefault(why) + 1;
    }

    private static NodeMapRow RowOf(BrowsedNode node, VariableFacts facts) =>
        new([.. node.Steps().Reverse().Select(step => step.BrowseName)], node.NodeText, facts.Unit, $"{node.Path}: {TypeOf(facts)}") { Name = node.DisplayName };

    private async Task SummariseAsync(NodeTree tree)
    {
        var text = new StringBuilder($"{tree.Looked} nodes looked at");
        if (_shown != tree.Looked) text.Append(CultureInfo.InvariantCulture, $", {_shown} shown");
        text.Append(CultureInfo.InvariantCulture, $", {_variables} of them variables");
        if (tree.OnOtherServers > 0) text.Append(CultureInfo.InvariantCulture, $"; {tree.OnOtherServers} are on other servers and were left out");
        if (tree.Refused > 0) text.Append(CultureInfo.InvariantCulture, $"; {tree.Refused} cannot be browsed by this user");
        await errors.WriteLineAsync(text.ToString()).ConfigureAwait(false);
        if (!tree.IsBehind) await errors.WriteLineAsync($"--after {wish.Bounds.After}: this node was not met; write it as it was shown, with the same --from and --depth").ConfigureAwait(false);
        else if (tree.IsCut) await errors.WriteLineAsync($"There is more: go on with --after \"{tree.Last!.NodeText}\", look at more with --limit, or begin further down with --from").ConfigureAwait(false); // cut behind a node
        else if (_shown == 0) await errors.WriteLineAsync($"Nothing has \"{wish.Bounds.Search}\" in its name down to depth {wish.Bounds.Depth}").ConfigureAwait(false);
    }

    private bool TryWrite(string? server)
    {
        var (map, file) = (_map!, wish.MapFile!); // asked for only then
        foreach (var (why, count) in _leftOut) errors.WriteLine($"{count} variables {why} are not in the map");
        if (map.Count == 0)
        {
            errors.WriteLine($"{file} was not written: no variable was found that a map could name");
            return false;
        }
        try
        {
            WholeFile.Write(file, wish.Overwrites, stream => stream.Write(Encoding.UTF8.GetBytes(map.ToText($"Browsed at {server}"))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{file} was not written: {e.Message}. Check the room on the disk and the rights of the folder; a file that is there is replaced with --overwrite");
            return false;
        }
        errors.WriteLine($"{map.Count} signals written to {file}");
        return true;
    }
}
