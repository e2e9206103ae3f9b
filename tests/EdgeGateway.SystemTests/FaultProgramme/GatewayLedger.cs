using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>Ledger G: what the outbox of a stopped gateway holds, and what it takes for delivered.</summary>
internal sealed class GatewayLedger
{
    private const int AtATime = 500;

    private readonly Dictionary<(string Stream, long Sequence), KeptSegment> _segments = [];
    private readonly Dictionary<string, long> _first = [];
    private readonly Dictionary<string, long> _tails = [];

    private GatewayLedger(long epoch) => Epoch = epoch;

    public long Epoch { get; }

    public IReadOnlyCollection<KeptSegment> Segments => _segments.Values;

    /// <summary>Reads the state folder of a gateway that does not run.</summary>
    public static GatewayLedger Read(string stateFolder)
    {
        using var outbox = LiteDbOutbox.Open(Path.Combine(stateFolder, "outbox"), new OutboxSettings(), TimeProvider.System);
        return Of(outbox);
    }

    public static GatewayLedger Of(IOutbox outbox)
    {
        var ledger = new GatewayLedger(outbox.Epoch);
        foreach (var stream in Streams.InOrderOfUrgency) ledger.Take(outbox, stream);
        return ledger;
    }

    /// <summary>What it holds under a number; null if that has left or never was.</summary>
    public KeptSegment? At(string stream, long sequence) => _segments.GetValueOrDefault((stream, sequence));

    /// <summary>The newest number of a stream.</summary>
    public long Tail(string stream) => _tails.GetValueOrDefault(stream);

    /// <summary>True if a number may rightly be absent: everything up to the oldest kept has been retired.</summary>
    public bool IsRetired(string stream, long sequence) => sequence < _first.GetValueOrDefault(stream, long.MaxValue) && sequence <= Tail(stream);

    private void Take(IOutbox outbox, string stream)
    {
        var tail = _tails[stream] = outbox.Tail(stream).Sequence;
        for (var from = 1L; from <= tail;)
        {
            var kept = outbox.Stored(stream, from, tail, AtATime);
            if (kept.Count == 0) break;
            foreach (var segment in kept) _segments.Add((stream, segment.Sequence), new KeptSegment(segment, IsDelivered: true));
            _first.TryAdd(stream, kept[0].Sequence);
            from = kept[^1].Sequence + 1;
        }
        for (var from = 1L; from <= tail;)
        {
            var waiting = outbox.Pending(stream, from, tail, AtATime);
            if (waiting.Count == 0) break;
            foreach (var segment in waiting) _segments[(stream, segment.Sequence)] = new KeptSegment(segment, IsDelivered: false);
            from = waiting[^1].Sequence + 1;
        }
    }

    /// <summary>A segment and whether it waits for delivery no more.</summary>
    internal sealed record KeptSegment(Segment Segment, bool IsDelivered);
}
