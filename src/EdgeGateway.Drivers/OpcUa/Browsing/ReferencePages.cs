using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Browsing;

/// <summary>What was found below one node.</summary>
/// <param name="Status">Bad where the server does not let it be browsed.</param>
/// <param name="References">In the server's order.</param>
/// <param name="IsCut">There are more, which were not asked for.</param>
internal sealed record FoundReferences(StatusCode Status, IReadOnlyList<ReferenceDescription> References, bool IsCut);

/// <summary>
/// Follows the references of many nodes, several in a call and page by page, within the server's limits and a budget of our own: what a server sends must end somewhere.
/// Used by one task at a time.
/// </summary>
/// <param name="session">Whose server is asked.</param>
/// <param name="limits">What it takes in one call.</param>
/// <param name="budget">The most references of all calls together.</param>
internal sealed class ReferencePages(Session session, ServerLimits limits, int budget)
{
    private const int MostAtOnce = 50;
    private const uint PerPage = 1000;
    private const uint ObjectsAndVariables = 1 | 2;
    private static readonly NodeId Hierarchical = new(33);

    private int _atOnce = Math.Min(MostAtOnce, limits.Browse);

    /// <summary>References that may still be taken.</summary>
    public int Left { get; private set; } = budget;

    /// <summary>Calls that were made.</summary>
    public int Calls { get; private set; }

    /// <summary>Objects and variables below each of <paramref name="nodes"/>, properties among them; one result for each, in their order.</summary>
    /// <exception cref="OpcUaException">The link broke, the session is gone, or the server refused the question.</exception>
    public async Task<FoundReferences[]> BrowseAsync(IReadOnlyList<NodeId> nodes, CancellationToken cancellationToken)
    {
        var found = new FoundReferences[nodes.Count];
        for (var from = 0; from < nodes.Count;)
        {
            var part = nodes.Skip(from).Take(_atOnce).ToList();
            try
            {
                var results = await AskAsync(part, cancellationToken).ConfigureAwait(false);
                for (var at = 0; at < part.Count; at++) found[from + at] = await FinishAsync(part[at], results[at], cancellationToken).ConfigureAwait(false);
                from += part.Count;
            }
            catch (OpcUaException e) when (part.Count > 1 && ServerLimits.IsPassed(e.Status))
            {
                _atOnce = part.Count / 2; // a limit that the server does not tell: learnt, and kept
            }
        }
        return found;
    }

    private async Task<BrowseResult[]> AskAsync(IReadOnlyCollection<NodeId> nodes, CancellationToken cancellationToken)
    {
        var asked = nodes.Select(node => new BrowseDescription(node, BrowseDirection.Forward, Hierarchical, WithSubtypes: true, ObjectsAndVariables)).ToList();
        Calls++;
        var results = (await session.CallAsync(new BrowseRequest(PerPage, asked), cancellationToken).ConfigureAwait(false)).Results;
        return results.Length == asked.Count ? results : throw new OpcUaException(StatusCodes.BadUnknownResponse, $"{results.Length} results for {asked.Count} nodes when asked to browse");
    }

    // The points of other nodes in the same call stay open meanwhile. A server that has too few of them says so, and is asked for that node alone.
    private async Task<FoundReferences> FinishAsync(NodeId node, BrowseResult first, CancellationToken cancellationToken)
    {
        if (first.Status.Code == StatusCodes.BadNoContinuationPoints) first = (await AskAsync([node], cancellationToken).ConfigureAwait(false))[0];
        if (first.Status.IsBad) return new(first.Status, [], IsCut: false);
        var all = new List<ReferenceDescription>();
        var result = first;
        for (var isAgain = false; ;)
        {
            var taken = Math.Min(Left, result.References.Length);
            all.AddRange(result.References.AsSpan(0, taken));
            Left -= taken;
            var point = result.ContinuationPoint;
            if (point.Length == 0) return new(StatusCodes.Good, all, IsCut: taken < result.References.Length);
            if (Left == 0 || result.References.Length == 0)
            {
                Calls++;
                await session.CallAsync(new BrowseNextRequest(Release: true, [point]), cancellationToken).ConfigureAwait(false);
                if (Left == 0) return new(StatusCodes.Good, all, IsCut: true);
                throw OpcUaException.TooLarge($"the references of {node} do not end: a page is empty, and more are promised");
            }
            Calls++;
            var next = (await session.CallAsync(new BrowseNextRequest(Release: false, [point]), cancellationToken).ConfigureAwait(false)).Results;
            result = next.Length == 1 ? next[0] : throw new OpcUaException(StatusCodes.BadUnknownResponse, $"{next.Length} results for 1 node when asked to browse on");
            if (!result.Status.IsBad) continue;
            if (isAgain || result.Status.Code != StatusCodes.BadContinuationPointInvalid) return new(result.Status, all, IsCut: true);
            // It gave the point up while others of the same call were followed: once more, alone.
            (isAgain, result) = (true, (await AskAsync([node], cancellationToken).ConfigureAwait(false))[0]);
            if (result.Status.IsBad) return new(result.Status, all, IsCut: true);
            all.Clear();
        }
    }
}
