namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>
/// One service for many nodes, in as many calls as the server wants: one at a time, so that servers that count over parallel calls are not overrun. A limit that
/// the server does not tell is learnt and kept; where it refuses a whole call because of one node, that node is found and the others are asked for without it.
/// Used by one task at a time.
/// </summary>
internal sealed class CallInParts
{
    /// <summary>Refused calls in one go: enough to find several bad nodes among 10,000; more means that the nodes are not the reason.</summary>
    private const int MostRefusals = 200;

    private int _atOnce = int.MaxValue;

    /// <summary>Asks for everything once.</summary>
    /// <param name="session">Where.</param>
    /// <param name="most">The server's limit for one call.</param>
    /// <param name="all">What is asked for.</param>
    /// <param name="call">Asks for a part that begins at the given place.</param>
    /// <param name="refuse">Takes the place of one for which the server refuses every call, and why.</param>
    /// <exception cref="OpcUaException">The link broke, the session is gone, or the server refuses whatever is asked for.</exception>
    public async Task RunAsync<T>(Session session, int most, IReadOnlyList<T> all, Func<int, List<T>, Task> call, Action<int, StatusCode> refuse)
    {
        var (refusals, count) = (0, all.Count);
        for (var from = 0; from < all.Count;)
        {
            var part = Part(all, from, Math.Min(count, Math.Min(most, _atOnce)));
            try
            {
                await call(from, part).ConfigureAwait(false);
                from += part.Count;
                count = part.Count * 2;
            }
            catch (OpcUaException e) when (part.Count > 1 && ServerLimits.IsPassed(e.Status) && session.HasRefused(e))
            {
                _atOnce = part.Count / 2;
            }
            catch (OpcUaException e) when (session.HasRefused(e) && !IsOfAll(e.Status))
            {
                refusals++;
                count = part.Count / 2;
                if (part.Count > 1 && refusals < MostRefusals) continue;
                for (var at = 0; at < part.Count; at++) refuse(from + at, e.Status);
                from += part.Count;
                count = refusals < MostRefusals ? 1 : all.Count;
            }
        }
    }

    private static bool IsOfAll(StatusCode status) => status.Code == StatusCodes.BadServiceUnsupported || status.Code == StatusCodes.BadUnknownResponse || status.Code == StatusCodes.BadSubscriptionIdInvalid
        || status.Code == StatusCodes.BadServerHalted || status.Code == StatusCodes.BadShutdown || status.Code == StatusCodes.BadOutOfMemory || status.Code == StatusCodes.BadResourceUnavailable;

    private static List<T> Part<T>(IReadOnlyList<T> all, int from, int most)
    {
        var part = new List<T>(Math.Min(most, all.Count - from));
        for (var at = from; at < all.Count && part.Count < most; at++) part.Add(all[at]);
        return part;
    }
}
