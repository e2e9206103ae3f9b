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

    /// <summary>Refused for good by the broker; in the cursor as well. Bounded: beyond that the oldest two ranges become one.</summary>
    public NumberRanges Quarantined { get; } = new(1_000);

    public bool QuarantineDirty { get; set; }

    /// <summary>Found damaged since the store was opened; in the cursor once a gap record is on its way.</summary>
    public NumberRanges Damaged { get; } = new();

    /// <summary>True if it has arrived (or is named in a gap record): it may leave without a word.</summary>
    public bool IsDelivered(long sequence) => Cursor.Contains(sequence) && !Quarantined.TryFind(sequence, out _);

    /// <summary>The oldest stored sequence number; null when it has to be looked up.</summary>
    public long? FirstStored { get; set; }

    /// <summary>The oldest pending segment and its time, remembered so that asking for the depth does not read the store.</summary>
    public (long Sequence, long TimeMs) OldestPending { get; set; }
}
