using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>A node to watch, named by the URI of its namespace: the index may be another one after a restart of the server.</summary>
/// <param name="NamespaceUri">The namespace; the index in <paramref name="Identifier"/> does not count.</param>
/// <param name="Identifier">The node within it.</param>
/// <param name="Sampling">How often the server looks; null for the publishing interval.</param>
/// <param name="QueueSize">How many values the server keeps while the link is down.</param>
/// <param name="Filter">Null for every change of status or value.</param>
internal sealed record WatchedNode(string NamespaceUri, NodeId Identifier, TimeSpan? Sampling, uint QueueSize, DataChangeFilter? Filter = null)
{
    /// <summary>A node that the site named in its own way.</summary>
    public WatchedNode(NodeName name, TimeSpan? sampling, uint queueSize, DataChangeFilter? filter) : this(name.NamespaceUri ?? "", name.Identifier, sampling, queueSize, filter) => Name = name;

    /// <summary>How the node is looked up in each new session.</summary>
    public NodeName Name { get; } = NodeName.Of(NamespaceUri, Identifier);
}
