using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>
/// What can be asked of nodes within a session, cut to the server's limits. Nothing here can change anything at the server.
/// </summary>
internal sealed class NodeAccess(Session session, ServerLimits limits)
{
    private const uint ReferencesPerPage = 1000;
    private const int MaxPages = 10_000;
    private static readonly NodeId NamespaceArray = new(2255);

    private readonly CallInParts _reads = new();
    private readonly CallInParts _translations = new();
    private readonly CallInParts _registrations = new();

    public ServerLimits Limits => limits;

    /// <summary>Reads attributes; one result for each node, in their order. A node that cannot be read is a bad status, not an exception.</summary>
    public async Task<DataValue[]> ReadAsync(IReadOnlyList<ReadValueId> nodes, CancellationToken cancellationToken, double maxAgeMilliseconds = 0)
    {
        var values = new DataValue[nodes.Count];
        await _reads.RunAsync(
            session, limits.Read, nodes,
            async (from, part) =>
            {
                var results = (await session.CallAsync(new ReadRequest(maxAgeMilliseconds, TimestampsToReturn.Both, part), cancellationToken).ConfigureAwait(false)).Results;
                Same(results.Length, part.Count, "read");
                results.CopyTo(values, from);
            },
            (at, status) => values[at] = new DataValue(default, status, default, default)).ConfigureAwait(false);
        return values;
    }

    /// <summary>The namespaces of the server by index; index 0 is the standard's own whatever the server says.</summary>
    /// <exception cref="OpcUaException">The server does not tell them: no node could be named.</exception>
    public async Task<string[]> ReadNamespacesAsync(CancellationToken cancellationToken)
    {
        var value = (await ReadAsync([new ReadValueId(NamespaceArray)], cancellationToken).ConfigureAwait(false))[0];
        if (value.Value.Content is not string?[] { Length: > 0 } uris)
            throw new OpcUaException(value.Status.IsGood ? StatusCodes.BadUnknownResponse : value.Status, $"the server does not tell its namespaces ({value.Status}): no node can be named");
        var namespaces = uris.Select(uri => uri ?? "").ToArray();
        namespaces[0] = "http://opcfoundation.org/UA/";
        return namespaces;
    }

    /// <summary>Follows references of one node to the end, page by page.</summary>
    /// <exception cref="OpcUaException">The node is unknown, or the server's pages do not end.</exception>
    public async Task<List<ReferenceDescription>> BrowseAsync(BrowseDescription node, CancellationToken cancellationToken, uint referencesPerPage = ReferencesPerPage)
    {
        var found = new List<ReferenceDescription>();
        var response = await session.CallAsync(new BrowseRequest(referencesPerPage, [node]), cancellationToken).ConfigureAwait(false);
        var results = response.Results;
        for (var page = 0; ; page++)
        {
            Same(results.Length, 1, "browse");
            if (results[0].Status.IsBad) throw new OpcUaException(results[0].Status, $"{node.NodeId} cannot be browsed: {results[0].Status}");
            found.AddRange(results[0].References);
            var point = results[0].ContinuationPoint;
            if (point.Length == 0) return found;
            if (page == MaxPages || results[0].References.Length == 0)
            {
                await session.CallAsync(new BrowseNextRequest(Release: true, [point]), cancellationToken).ConfigureAwait(false);
                throw OpcUaException.TooLarge($"the references of {node.NodeId} do not end");
            }
            results = (await session.CallAsync(new BrowseNextRequest(Release: false, [point]), cancellationToken).ConfigureAwait(false)).Results;
        }
    }

    /// <summary>Turns paths into node ids; null where a path leads nowhere, to several nodes or to another server.</summary>
    public async Task<NodeId?[]> TranslateAsync(IReadOnlyList<BrowsePath> paths, CancellationToken cancellationToken)
    {
        var nodes = new NodeId?[paths.Count];
        await _translations.RunAsync(
            session, limits.Translate, paths,
            async (from, part) =>
            {
                var results = (await session.CallAsync(new TranslateBrowsePathsRequest(part), cancellationToken).ConfigureAwait(false)).Results;
                Same(results.Length, part.Count, "translate paths");
                foreach (var result in results)
                {
                    var isOne = result.Status.IsGood && result.Targets.Length == 1 && result.Targets[0] is { RemainingIndex: uint.MaxValue, NodeId: { ServerIndex: 0, NamespaceUri: null } };
                    nodes[from++] = isOne ? result.Targets[0].NodeId.NodeId : null;
                }
            },
            static (_, _) => { }).ConfigureAwait(false);
        return nodes;
    }

    /// <summary>Names that the server can look up quicker; good for this session only. A node that it does not register keeps its own.</summary>
    public async Task<NodeId[]> RegisterAsync(IReadOnlyList<NodeId> nodes, CancellationToken cancellationToken)
    {
        var registered = new NodeId[nodes.Count];
        await _registrations.RunAsync(
            session, limits.Register, nodes,
            async (from, part) =>
            {
                var names = (await session.CallAsync(new RegisterNodesRequest(part), cancellationToken).ConfigureAwait(false)).Nodes;
                Same(names.Length, part.Count, "register nodes");
                names.CopyTo(registered, from);
            },
            (at, _) => registered[at] = nodes[at]).ConfigureAwait(false);
        return registered;
    }

    /// <summary>
    /// Reads one node's stored values, page by page, oldest first. A page that brings nothing newer ends it, whatever the server says of more.
    /// </summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="from">The first time, included.</param>
    /// <param name="to">The last time.</param>
    /// <param name="valuesPerPage">At least 2.</param>
    /// <param name="take">Called for each page, before the next is asked for.</param>
    /// <param name="cancellationToken">Gives the rest up, also at the server.</param>
    /// <exception cref="OpcUaException">The server has no history of it.</exception>
    public async Task ReadHistoryAsync(
        NodeId nodeId, OpcUaTime from, OpcUaTime to, uint valuesPerPage, Action<IReadOnlyList<DataValue>> take, CancellationToken cancellationToken)
    {
        var newest = new OpcUaTime(long.MinValue);
        ByteString point = null;
        try
        {
            while (true)
            {
                var request = new HistoryReadRawRequest(from, to, valuesPerPage, Release: false, [new(nodeId, point)]);
                var results = (await session.CallAsync(request, cancellationToken).ConfigureAwait(false)).Results;
                Same(results.Length, 1, "read history");
                if (results[0].Status.IsBad) throw new OpcUaException(results[0].Status, $"the history of {nodeId} cannot be read: {results[0].Status}");
                point = results[0].ContinuationPoint;
                var values = results[0].Values;
                if (values.Length > 0) take(values);
                if (point.Length == 0) return;
                if (values.Length == 0 || values[^1].SourceTime.Ticks <= newest.Ticks)
                    throw new OpcUaException(StatusCodes.BadContinuationPointInvalid, $"the pages of {nodeId}'s history do not go on: a page ends where the one before ended");
                newest = values[^1].SourceTime;
            }
        }
        finally
        {
            if (point.Length > 0) await ReleaseHistoryAsync(nodeId, from, to, point).ConfigureAwait(false);
        }
    }

    private static void Same(int results, int asked, string what)
    {
        if (results != asked) throw new OpcUaException(StatusCodes.BadUnknownResponse, $"{results} results for {asked} nodes when asked to {what}");
    }

    private async Task ReleaseHistoryAsync(NodeId nodeId, OpcUaTime from, OpcUaTime to, ByteString point)
    {
        try
        {
            await session.CallAsync(new HistoryReadRawRequest(from, to, 0, Release: true, [new(nodeId, point)]), CancellationToken.None).ConfigureAwait(false);
        }
        catch (OpcUaException)
        {
            // the session or the point is gone, and with it what was to be released
        }
    }
}
