using System.Collections.Immutable;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>What must be known of a server before anything is made there, and by what it is known again.</summary>
/// <param name="Limits">How much it takes in one call.</param>
/// <param name="Namespaces">By index.</param>
/// <param name="StartTime">When it was started, by its own clock; none where it does not say so.</param>
internal sealed record ServerState(ServerLimits Limits, ImmutableArray<string> Namespaces, OpcUaTime StartTime)
{
    private static readonly NodeId StartTimeNode = new(2257);

    /// <summary>Asks the server.</summary>
    /// <exception cref="OpcUaException">The link broke, the session is gone, or the server does not tell its namespaces.</exception>
    public static async Task<ServerState> AskAsync(Session session, CancellationToken cancellationToken)
    {
        var limits = await ServerLimits.AskAsync(session, cancellationToken).ConfigureAwait(false);
        var nodes = new NodeAccess(session, limits);
        ImmutableArray<string> namespaces = [.. await nodes.ReadNamespacesAsync(cancellationToken).ConfigureAwait(false)];
        var started = (await nodes.ReadAsync([new ReadValueId(StartTimeNode)], cancellationToken).ConfigureAwait(false))[0];
        return new(limits, namespaces, started.Value.Type == BuiltInType.DateTime && !started.Value.IsArray ? new OpcUaTime(started.Value.Bits) : default);
    }

    /// <summary>Why nothing made at the server of <paramref name="before"/> can be there any more; null if it may be.</summary>
    public string? WhyAnotherThan(ServerState before)
    {
        if (StartTime != before.StartTime) return $"the server was started anew ({StartTime})";
        return Namespaces.AsSpan().SequenceEqual(before.Namespaces.AsSpan()) ? null : "the server has other namespaces than before";
    }

    /// <summary>The index of a namespace, or null if the server does not have it.</summary>
    public ushort? IndexOf(string namespaceUri)
    {
        var index = Namespaces.IndexOf(namespaceUri);
        return index is >= 0 and <= ushort.MaxValue ? (ushort)index : null;
    }
}
