using System.Collections.Immutable;

namespace EdgeGateway.Config.Model;

/// <summary>The limits of one outlet. Immutable.</summary>
internal sealed class LimitBook(ImmutableArray<PermittedLimit> limits)
{
    /// <summary>Every version of every limit.</summary>
    public ImmutableArray<PermittedLimit> All { get; } = limits;

    /// <summary>
    /// The limit for a period that starts then: of each limit its highest version in force, of several limits the lowest value. Null if there is none.
    /// </summary>
    /// <param name="start">Start of the period, UTC+8.</param>
    public PermittedLimit? Find(string role, LimitBasis basis, LimitPeriod over, DateTime start)
    {
        PermittedLimit? strictest = null;
        foreach (var limit in All)
        {
            if (limit.Role != role || limit.Basis != basis || limit.Over != over || !limit.Holds(start) || IsReplaced(limit, start)) continue;
            if (strictest is null || limit.Value < strictest.Value) strictest = limit;
        }
        return strictest;
    }

    private bool IsReplaced(PermittedLimit limit, DateTime start)
    {
        foreach (var other in All)
            if (other.Name == limit.Name && other.Version > limit.Version && other.Holds(start)) return true;
        return false;
    }
}
