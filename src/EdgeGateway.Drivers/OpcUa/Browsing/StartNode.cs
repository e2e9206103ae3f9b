using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Browsing;

/// <summary>Where a walk begins, as a person writes it.</summary>
internal static class StartNode
{
    private const int MostNames = 10;
    private const int MostReferences = 200_000;
    private static readonly NodeId Objects = new(85);

    /// <summary>What can be written, for messages.</summary>
    public const string Form = $"{NodeName.Form}, or /Names/From/Objects whatever their namespaces";

    /// <summary>Finds a node by its id, by a path with a namespace, or by the names on the way from the folder Objects.</summary>
    /// <param name="session">Whose server is asked.</param>
    /// <param name="server">What is known of it.</param>
    /// <param name="text">What the person wrote; null for the folder Objects.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OpcUaException">There is no such node; the message says where the path ends.</exception>
    public static async Task<BrowsedNode> FindAsync(Session session, ServerState server, string? text, CancellationToken cancellationToken)
    {
        var id = text switch
        {
            null => Objects,
            _ when text.StartsWith('/') => await ByNamesAsync(session, server, text, cancellationToken).ConfigureAwait(false),
            _ => await ByNameAsync(session, server, text, cancellationToken).ConfigureAwait(false),
        };
        NodeAttribute[] attributes = [NodeAttribute.NodeClass, NodeAttribute.BrowseName, NodeAttribute.DisplayName];
        var values = await new NodeAccess(session, server.Limits).ReadAsync([.. attributes.Select(each => new ReadValueId(id, each))], cancellationToken).ConfigureAwait(false);
        if (values[0].Status.IsBad) throw new OpcUaException(values[0].Status, $"the server does not know the node {text ?? id.ToString()} ({values[0].Status})");
        return NodeTree.Of(server, null, id, values[1].Value.Content is QualifiedName name ? name : default, values[2].Value.Content is LocalizedText shown ? shown : default, values[0].Value.Bits == 2, 0);
    }

    private static async Task<NodeId> ByNameAsync(Session session, ServerState server, string text, CancellationToken cancellationToken)
    {
        var name = NodeName.Parse(text) ?? throw new OpcUaException(StatusCodes.BadNodeIdInvalid, $"\"{Printable.Text(text)}\" names no node; expected {Form}");
        var found = (await FoundNode.FindAsync(session, server, [name], cancellationToken).ConfigureAwait(false))[0];
        if (found.Status.IsGood) return found.NodeId;
        throw new OpcUaException(found.Status, server.IndexOf(name) is null
            ? $"the server has no namespace for {text}; it has {Printable.Text(string.Join(", ", server.Namespaces))}"
            : $"the server finds no node {text} ({found.Status}); a path begins below the folder Objects, and capitals count");
    }

    private static async Task<NodeId> ByNamesAsync(Session session, ServerState server, string text, CancellationToken cancellationToken)
    {
        var names = NodeName.Parse($"ns=0;{text}") ?? throw new OpcUaException(StatusCodes.BadNodeIdInvalid, $"\"{Printable.Text(text)}\" is no path; expected {Form}");
        var pages = new ReferencePages(session, server.Limits, MostReferences);
        var (at, way) = (Objects, "");
        foreach (var (step, _) in names.Path)
        {
            var below = (await pages.BrowseAsync([at], cancellationToken).ConfigureAwait(false))[0];
            var named = below.References.Where(each => each.NodeId is { ServerIndex: 0, NamespaceUri: null } && each.BrowseName.Name == step).DistinctBy(each => each.NodeId).ToList();
            if (named.Count == 0) named = [.. below.References.Where(each => each.NodeId is { ServerIndex: 0, NamespaceUri: null } && each.DisplayName.Text == step).DistinctBy(each => each.NodeId)];
            if (named.Count != 1) throw NotOne(way, step, named, below);
            at = named[0].NodeId.NodeId;
            way += $"/{step}";
        }
        return at;
    }

    private static OpcUaException NotOne(string way, string step, List<ReferenceDescription> named, FoundReferences below)
    {
        var place = way.Length == 0 ? "the folder Objects" : Printable.Text(way);
        if (named.Count > 1)
            return new(StatusCodes.BadNoMatch, $"{named.Count} nodes below {place} are called {Printable.Text(step)}: name one by its id, "
                + Printable.Text(string.Join(" or ", named.Take(MostNames).Select(each => each.NodeId.NodeId))));
        var known = string.Join(", ", below.References.Take(MostNames).Select(each => each.BrowseName.Name));
        return new(StatusCodes.BadNoMatch, $"there is no {Printable.Text(step)} below {place}; there {(below.References.Count == 0 ? "is nothing" : $"are {Printable.Text(known)}{(below.References.Count > MostNames ? ", …" : "")}")}. "
            + "Capitals count; a / within a name is written &/");
    }
}
