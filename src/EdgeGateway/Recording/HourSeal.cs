using EdgeGateway.Evidence;
using EdgeGateway.Outbox;

namespace EdgeGateway.Recording;

/// <summary>
/// What the next seal covers (docs/wire.md §4.7): each stream from where the last seal ended, as one tree that grows with every payload. After a start what no seal covers yet is taken up
/// from the store.
/// </summary>
internal sealed class HourSeal(IOutbox outbox, TimeProvider time)
{
    public static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>The most payloads of a stream that a start reads again to seal them.</summary>
    private const int MostTakenUp = 20_000;
    private const int PageSize = 200;

    private readonly Dictionary<string, (MerkleTree Tree, long Low)> _open = Streams.InOrderOfUrgency.ToDictionary(stream => stream, _ => (new MerkleTree(), 0L));
    private long _since = time.GetTimestamp();

    /// <summary>True once an hour.</summary>
    public bool IsDue => time.GetElapsedTime(_since) >= Every && !IsEmpty;

    public bool IsEmpty => _open.Values.All(open => open.Tree.Count == 0);

    public void Add(Segment segment)
    {
        var (tree, low) = _open[segment.Stream];
        tree.Add(segment.Hash);
        if (low == 0) _open[segment.Stream] = (tree, segment.Sequence);
    }

    /// <summary>Takes up what the boots before have sealed and no seal covers, as far as it is kept without a hole.</summary>
    /// <exception cref="IOException">The disk refuses; then nothing was taken up.</exception>
    public void TakeUp()
    {
        try
        {
            TakeUpStreams();
        }
        catch (IOException)
        {
            foreach (var stream in Streams.InOrderOfUrgency) Restart(stream);
            throw;
        }
    }

    private void TakeUpStreams()
    {
        var covered = LastSeal();
        foreach (var stream in Streams.InOrderOfUrgency)
        {
            var tail = outbox.Tail(stream).Sequence;
            var from = Math.Max(covered.GetValueOrDefault(stream) + 1, tail - MostTakenUp + 1);
            while (from <= tail)
            {
                var page = outbox.Stored(stream, from, tail, PageSize);
                if (page.Count == 0) break;
                foreach (var segment in page)
                {
                    // A seal covers what follows without a hole: before one there is nothing to prove any more.
                    if (segment.Sequence != from) Restart(stream);
                    Add(segment);
                    from = segment.Sequence + 1;
                }
            }
            if (from <= tail) Restart(stream);
        }
    }

    /// <summary>The members of the seal; begins the next one. Its own payload belongs to the next.</summary>
    public byte[] Close(IReadOnlyDictionary<string, StreamTail> tails)
    {
        var spans = new List<SealedSpan>();
        foreach (var stream in Streams.InOrderOfUrgency)
            if (_open[stream] is { Tree: { Count: > 0 } tree, Low: var low }) spans.Add(new SealedSpan(stream, low, tails[stream].Sequence, tree.Root()));
        var body = new Utf8Buffer(8192).Raw(",\"of\":["u8);
        foreach (var (i, span) in spans.Index())
        {
            if (i > 0) body.Raw(","u8);
            body.Raw("{\"st\":"u8).Quoted(span.Stream).Raw(",\"lo\":"u8).Number(span.Low).Raw(",\"hi\":"u8).Number(span.High).Raw(",\"root\":"u8).Quoted(span.Root.ToString()).Raw("}"u8);
        }
        // There is no audit log yet: null says so.
        body.Raw("],\"al\":null,\"root\":"u8).Quoted(SealBody.RootOf(spans, auditHead: null).ToString()).Raw(",\"rc\":["u8);
        var receipts = Streams.InOrderOfUrgency.Select(outbox.Receipted).OfType<StreamReceipt>();
        foreach (var (i, receipt) in receipts.Index())
        {
            if (i > 0) body.Raw(","u8);
            body.Quoted(System.Text.Encoding.UTF8.GetString(receipt.Line));
        }
        body.Raw("]"u8);
        foreach (var stream in Streams.InOrderOfUrgency) Restart(stream);
        _since = time.GetTimestamp();
        return body.Written.ToArray();
    }

    private void Restart(string stream)
    {
        _open[stream].Tree.Clear();
        _open[stream] = (_open[stream].Tree, 0);
    }

    /// <summary>How far the newest seals that are kept cover each stream: a seal names only what had something new.</summary>
    private Dictionary<string, long> LastSeal()
    {
        var covered = new Dictionary<string, long>();
        var parser = new PayloadParser(keepsRows: false);
        for (var to = outbox.Tail(Streams.Events).Sequence; to > 0 && outbox.Tail(Streams.Events).Sequence - to < MostTakenUp; to -= PageSize)
        {
            foreach (var segment in outbox.Stored(Streams.Events, Math.Max(1, to - PageSize + 1), to, PageSize).Reverse())
            {
                if (parser.TryParse(Envelope.PayloadOf(segment.Line).ToArray(), out _)?.Body is not SealBody seal) continue;
                foreach (var span in seal.Spans) covered.TryAdd(span.Stream, span.High);
                if (Streams.InOrderOfUrgency.All(covered.ContainsKey)) return covered;
            }
        }
        return covered;
    }
}
