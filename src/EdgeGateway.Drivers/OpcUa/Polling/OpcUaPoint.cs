using System.Collections.Immutable;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>A node's value, or one element of it.</summary>
internal sealed class OpcUaPoint : DevicePoint
{
    public required NodeName Node { get; init; }

    /// <summary>Which element of an array or matrix; empty for a value that is none.</summary>
    public ImmutableArray<int> Index { get; init; } = [];

    /// <summary>Which field of a structure; empty for a value that is none.</summary>
    public ImmutableArray<FieldStep> Field { get; init; } = [];

    /// <summary>How often the server looks; null for the publishing interval.</summary>
    public TimeSpan? Sampling { get; init; }

    /// <summary>How many values the server keeps while nobody fetches them.</summary>
    public uint Queue { get; init; } = 1;

    public DataChangeFilter? Deadband { get; init; }

    /// <summary>The value is the whole answer as text: type, value, status, both times.</summary>
    public bool IsEvidence { get; init; }

    /// <summary>What the server is asked to watch; points of one node share it.</summary>
    public WatchedNode Watched => new(Node, Sampling, Queue, Deadband);

    /// <summary>The same place as text.</summary>
    public OpcUaPoint AsEvidence(string signal) => new() { Signal = signal, Node = Node, Index = Index, Field = Field, Sampling = Sampling, Queue = Queue, Deadband = Deadband, IsEvidence = true };
}
