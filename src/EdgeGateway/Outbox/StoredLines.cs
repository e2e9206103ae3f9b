using EdgeGateway.Evidence;

namespace EdgeGateway.Outbox;

/// <summary>From a line to what is stored of it, and back: nothing comes back that is not what was stored. Packing is for one thread at a time; the rest is thread-safe.</summary>
internal sealed class StoredLines : IDisposable
{
    private readonly LineCompression _compression = new();
    private readonly PayloadParser _parser = new(keepsRows: false);
    private readonly Lock _parsing = new();

    public StoredSegment Pack(Segment segment)
    {
        var packed = _compression.Pack(segment.Line);
        return new StoredSegment
        {
            Sequence = segment.Sequence,
            Hash = segment.Hash,
            T0 = segment.T0,
            T1 = segment.T1,
            Readings = segment.Readings,
            Packed = packed,
            Checksum = Crc32C.Of(packed),
            IsSigned = segment.IsSigned,
            KeysFromHere = segment.KeysFromHere,
        };
    }

    /// <summary>The segment with this sequence number, or null if it is not there or not what was stored: bit rot (LiteDB's pages carry no checksum), or lost.</summary>
    /// <exception cref="IOException">The disk refuses, and may think better of it.</exception>
    public Segment? Read(StreamState state, long sequence)
    {
        if (state.Find(sequence) is not { } stored || stored.Sequence != sequence || Crc32C.Of(stored.Packed) != stored.Checksum) return null;
        if (_compression.Unpack(stored.Packed) is not { } line || ChainHash.Of(Envelope.PayloadOf(line)) != stored.Hash) return null;
        return new Segment { Stream = state.Stream, Sequence = sequence, Hash = stored.Hash, T0 = stored.T0, T1 = stored.T1, Readings = stored.Readings, Line = line };
    }

    /// <summary>
    /// The hash that a gap record up to <paramref name="high"/> names. If that segment is damaged, it is not the one that lies beside the damage, but the one that the
    /// next sound segment was sealed after: the range reaches up to there.
    /// </summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public (long High, ChainHash Hash) HashUpTo(StreamState state, long high, StreamTail tail)
    {
        if (Read(state, high) is { } segment) return (high, segment.Hash);
        for (; high < tail.Sequence; high++)
            if (Read(state, high + 1) is { } next && FactsOf(next.Line) is { } facts) return (high, facts.Previous);
        return (tail.Sequence, tail.Hash);
    }

    /// <summary>The lowest sequence number that the segment names as dropped, if it is a gap record; its own if it is none.</summary>
    public long LowestNamed(StoredSegment segment) =>
        segment.Readings == 0 && _compression.Unpack(segment.Packed) is { } line && FactsOf(line)?.Body is LossGap gap ? gap.Low : segment.Sequence;

    public void Dispose() => _compression.Dispose();

    private PayloadFacts? FactsOf(byte[] line)
    {
        lock (_parsing) return _parser.TryParse(Envelope.PayloadOf(line).ToArray(), out _);
    }
}
