namespace EdgeGateway.Evidence;

/// <summary>What a payload is to those before it (docs/wire.md §3).</summary>
internal enum Arrival
{
    New,

    /// <summary>The same key again: harmless.</summary>
    Duplicate,

    /// <summary>The same place in the sequence with other bytes.</summary>
    Fork,
}
