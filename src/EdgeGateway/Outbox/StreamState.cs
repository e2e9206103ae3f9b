using EdgeGateway.Evidence;

namespace EdgeGateway.Outbox;

/// <summary>What the open store knows of one stream; guarded by the store's lock.</summary>
internal sealed class StreamState(string stream, DeliveryCursor cursor)
{
    public string Stream { get; } = stream;

    public DeliveryCursor Cursor { get; } = cursor;

    public StreamTail Tail { get; set; }

    /// <summary>The newest segment of the commit being written; the tail once it is on disk.</summary>
    public Segment? PendingTail { get; set; }

    public HashSet<long> Quarantined { get; } = [];

    public bool QuarantineDirty { get; set; }

    /// <summary>The oldest stored sequence number; null when it has to be looked up.</summary>
    public long? FirstStored { get; set; }

    /// <summary>The oldest pending segment and its time, remembered so that asking for the depth does not read the store.</summary>
    public (long Sequence, long TimeMs) OldestPending { get; set; }
}
