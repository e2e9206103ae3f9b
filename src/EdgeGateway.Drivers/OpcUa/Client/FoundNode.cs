using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>What a <see cref="NodeName"/> stands for at a server now: its node id, or why there is none.</summary>
internal readonly record struct FoundNode(NodeId NodeId, StatusCode Status)
{
    private static readonly NodeId Objects = new(85);

    /// <summary>Looks names up, paths at the server; one result for each, in their order. A name that leads nowhere is a status.</summary>
    /// <exception cref="OpcUaException">The link broke or the session is gone.</exception>
    public static async Task<FoundNode[]> FindAsync(Session session, ServerState server, IReadOnlyList<NodeName> names, CancellationToken cancellationToken)
    {
        var found = new FoundNode[names.Count];
        var paths = new List<(int At, BrowsePath Path)>();
        for (var at = 0; at < names.Count; at++)
        {
            if (server.IndexOf(names[at]) is not { } index) found[at] = new(default, StatusCodes.BadNodeIdUnknown);
            else if (names[at].Path.IsEmpty) found[at] = new(names[at].Identifier.In(index), StatusCodes.Good);
            else paths.Add((at, new BrowsePath(Objects, [.. names[at].Path.Select(step => new QualifiedName(step.IsStandard ? (ushort)0 : index, step.Name))])));
        }
        if (paths.Count == 0) return found;
        try
        {
            var nodes = await new NodeAccess(session, server.Limits).TranslateAsync([.. paths.Select(each => each.Path)], cancellationToken).ConfigureAwait(false);
            for (var path = 0; path < paths.Count; path++)
                found[paths[path].At] = nodes[path] is { } node ? new(node, StatusCodes.Good) : new(default, StatusCodes.BadNoMatch);
        }
        catch (OpcUaException e) when (session.HasRefused(e))
        {
            // a server that follows no paths: the nodes with ids go on
            foreach (var (at, _) in paths) found[at] = new(default, e.Status);
        }
        return found;
    }
}
