using System.Runtime.CompilerServices;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Browsing;

/// <summary>
/// Walks through a server from one node: each node before what is below it, in the server's own order, so that a walk that was ended by a bound can be taken up behind its
/// last node. Each node is opened once, wherever else it stands; memory is bounded by what may be looked at. Used by one task at a time.
/// </summary>
internal sealed class NodeTree
{
    private const int PreparedAtOnce = 50;

    /// <summary>References for each node that may be looked at: properties, and nodes that stand in several places.</summary>
    private const int ReferencesPerNode = 20;

    private const int LeastReferences = 10_000;

    private static readonly NodeId ServerObject = new(2253);
    private static readonly NodeId HasProperty = new(46);

    private readonly ServerState _server;
    private readonly TreeBounds _bounds;
    private readonly ReferencePages _pages;
    private readonly VariableReader _variables;
    private readonly HashSet<NodeId> _opened = [];
    private readonly HashSet<NodeId> _seen = [];

    public NodeTree(Session session, ServerState server, TreeBounds bounds)
    {
        (_server, _bounds) = (server, bounds);
        var most = bounds.After is null ? bounds.MostNodes : TreeBounds.MostNodesEver; // what was shown before has to be passed again
        _pages = new ReferencePages(session, server.Limits, LeastReferences + (int)Math.Min((long)most * ReferencesPerNode, int.MaxValue - LeastReferences));
        _variables = new VariableReader(session, new NodeAccess(session, server.Limits), bounds.WithValues);
        IsBehind = bounds.After is null;
    }

    /// <summary>Nodes that were looked at.</summary>
    public int Looked { get; private set; }

    /// <summary>A bound of ours ended it: there is more.</summary>
    public bool IsCut { get; private set; }

    /// <summary>It has come behind <see cref="TreeBounds.After"/>.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>The last node that was looked at; null before the first.</summary>
    public BrowsedNode? Last { get; private set; }

    /// <summary>Nodes that belong to another server, which were left out.</summary>
    public int OnOtherServers { get; private set; }

    /// <summary>Nodes that the server does not let be browsed.</summary>
    public int Refused { get; private set; }

    /// <summary>Calls to browse.</summary>
    public int Calls => _pages.Calls;

    /// <summary>The nodes that are to be shown, one after the other.</summary>
    /// <exception cref="OpcUaException">The link broke, or the session is gone.</exception>
    public async IAsyncEnumerable<BrowsedNode> WalkAsync(BrowsedNode start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var counted = 0;
        var levels = new Stack<Level>();
        levels.Push(new Level([start]));
        while (levels.TryPeek(out var level))
        {
            if (level.IsDone)
            {
                levels.Pop();
                continue;
            }
            if (counted == _bounds.MostNodes || Looked == TreeBounds.MostNodesEver)
            {
                IsCut = true;
                yield break;
            }
            if (level.NeedsPreparing) level.Prepared = await PrepareAsync(level.Coming(PreparedAtOnce), cancellationToken).ConfigureAwait(false);
            var (node, children) = level.Take();
            Looked++;
            Last = node;
            if (IsBehind)
            {
                counted++;
                if (IsShown(node)) yield return node;
            }
            else IsBehind = node.NodeText == _bounds.After;
            if (children.Count > 0) levels.Push(new Level(children));
        }
    }

    private bool IsShown(BrowsedNode node) => _bounds.Search is null || node.IsNamed(_bounds.Search);

    private async Task<Queue<(BrowsedNode Node, List<BrowsedNode> Children)>> PrepareAsync(List<BrowsedNode> nodes, CancellationToken cancellationToken)
    {
        var halts = nodes.Select(WhyNotOpened).ToList();
        var opened = nodes.Where((node, at) => halts[at] is null || (node.IsVariable && NeedsFacts(node))).ToList();
        var references = opened.Count == 0 ? [] : await _pages.BrowseAsync([.. opened.Select(node => node.Id)], cancellationToken).ConfigureAwait(false);
        var below = opened.Zip(references).ToDictionary(pair => (object)pair.First, pair => pair.Second, ReferenceEqualityComparer.Instance);
        var facts = await FactsAsync([.. nodes.Where(NeedsFacts)], below, cancellationToken).ConfigureAwait(false);
        var prepared = new Queue<(BrowsedNode, List<BrowsedNode>)>();
        for (var at = 0; at < nodes.Count; at++)
        {
            var found = below.GetValueOrDefault(nodes[at]);
            var node = nodes[at] with { Facts = facts.GetValueOrDefault(nodes[at]), Halt = halts[at] ?? HaltOf(found) };
            prepared.Enqueue((node, halts[at] is null && found is not null ? ChildrenOf(node, found) : []));
        }
        return prepared;
    }

    private string? HaltOf(FoundReferences? found)
    {
        if (found is null) return null;
        if (found.IsCut) IsCut = true;
        if (!found.Status.IsBad) return null;
        Refused++;
        return $"cannot be browsed: {found.Status}";
    }

    private string? WhyNotOpened(BrowsedNode node)
    {
        if (node.Depth == _bounds.Depth) return node.IsVariable ? "" : "…";
        if (node.Id == ServerObject && node.Depth > 0) return "not opened here: --from i=2253";
        return _opened.Add(node.Id) ? null : "opened at another place";
    }

    private bool NeedsFacts(BrowsedNode node) => node.IsVariable && IsBehind && IsShown(node);

    private async Task<Dictionary<object, VariableFacts>> FactsAsync(List<BrowsedNode> nodes, Dictionary<object, FoundReferences> below, CancellationToken cancellationToken)
    {
        var facts = await _variables.ReadAsync([.. nodes.Select(node => new AskedVariable(node.Id, PropertyOf(node, "EngineeringUnits"), PropertyOf(node, "EURange")))], cancellationToken).ConfigureAwait(false);
        return nodes.Zip(facts).ToDictionary(pair => (object)pair.First, pair => pair.Second, ReferenceEqualityComparer.Instance);

        NodeId? PropertyOf(BrowsedNode node, string name) => below.GetValueOrDefault(node)?.References
            .FirstOrDefault(each => each.ReferenceType == HasProperty && each.BrowseName is { NamespaceIndex: 0 } browse && browse.Name == name && each.NodeId.ServerIndex == 0)?.NodeId.NodeId;
    }

    private List<BrowsedNode> ChildrenOf(BrowsedNode parent, FoundReferences found)
    {
        var children = new List<BrowsedNode>();
        _seen.Clear(); // several references may lead to one node
        foreach (var reference in found.References)
        {
            if (reference.ReferenceType == HasProperty && !_bounds.WithProperties) continue;
            if (NodeOf(parent, reference) is not { } child) OnOtherServers++;
            else if (_seen.Add(child.Id)) children.Add(child);
        }
        return children;
    }

    private BrowsedNode? NodeOf(BrowsedNode parent, ReferenceDescription reference)
    {
        if (reference.NodeId.ServerIndex != 0) return null;
        var id = reference.NodeId.NodeId;
        if (reference.NodeId.NamespaceUri is { } uri)
        {
            if (_server.IndexOf(uri) is not { } index) return null;
            id = id.In(index);
        }
        return Of(_server, parent, id, reference.BrowseName, reference.DisplayName, reference.NodeClass == 2, parent.Depth + 1);
    }

    /// <summary>A node by what the server says of it.</summary>
    public static BrowsedNode Of(ServerState server, BrowsedNode? parent, NodeId id, QualifiedName browseName, LocalizedText displayName, bool isVariable, int depth)
    {
        var name = Printable.Text(browseName.Name);
        var shown = Printable.Text(displayName.Text);
        return new(parent, id, NameOf(server, id), name.Length > 0 ? name : "(no name)", shown.Length > 0 ? shown : name, isVariable, depth);
    }

    // Only what is read back as the same node is a name.
    private static NodeName? NameOf(ServerState server, NodeId id)
    {
        if (id.NamespaceIndex >= server.Namespaces.Length) return null;
        var text = id.NamespaceIndex == 0 ? id.ToString() : NodeName.Of(server.Namespaces[id.NamespaceIndex], id).Text;
        return NodeName.Parse(text) is { } name && name.Path.IsEmpty && server.IndexOf(name) == id.NamespaceIndex && name.Identifier.In(id.NamespaceIndex) == id ? name : null;
    }

    /// <summary>The nodes below one, of which some are prepared.</summary>
    private sealed class Level(List<BrowsedNode> nodes)
    {
        private int _next;

        public Queue<(BrowsedNode Node, List<BrowsedNode> Children)> Prepared { get; set; } = new();

        public bool IsDone => _next == nodes.Count;

        public bool NeedsPreparing => Prepared.Count == 0;

        public List<BrowsedNode> Coming(int most) => nodes.GetRange(_next, Math.Min(most, nodes.Count - _next));

        public (BrowsedNode Node, List<BrowsedNode> Children) Take()
        {
            _next++;
            return Prepared.Dequeue();
        }
    }
}
