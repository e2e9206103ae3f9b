using EdgeGateway.Evidence;
using EdgeGateway.Outbox;

namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>What must be in a store, as simply as it can be said: a list per stream of everything whose <see cref="IOutbox.Append"/> has returned.</summary>
internal sealed class StoreModel
{
    private readonly Dictionary<string, SortedDictionary<long, StoredLine>> _streams = Streams.InOrderOfUrgency.ToDictionary(stream => stream, _ => new SortedDictionary<long, StoredLine>());

    public IEnumerable<StoredLine> Lines => _streams.Values.SelectMany(lines => lines.Values);

    public long Tail(string stream) => _streams[stream].Count == 0 ? 0 : _streams[stream].Keys.Max();

    public StoredLine? At(string stream, long sequence) => _streams[stream].GetValueOrDefault(sequence);

    public IEnumerable<StoredLine> In(string stream) => _streams[stream].Values;

    /// <summary>The commit is on disk.</summary>
    public void Confirm(SealedCommit commit)
    {
        foreach (var segment in commit.Segments) _streams[segment.Stream].Add(segment.Sequence, new StoredLine(segment));
        foreach (var range in commit.Evictions.Concat(commit.Damage))
            for (var at = range.FirstLost; at <= range.High; at++) // before that, what is named may still be there and arrive
                if (At(range.Stream, at) is { } gone) gone.IsNamed = true;
    }

    /// <summary>What is wrong with what a store hands out of a stream; empty if nothing is.</summary>
    /// <param name="handedOut">All that waits for delivery, in the order handed out.</param>
    /// <param name="stream">Of this stream.</param>
    public IEnumerable<string> Judge(string stream, IReadOnlyList<Segment> handedOut)
    {
        var last = 0L;
        foreach (var segment in handedOut)
        {
            if (segment.Sequence <= last) yield return $"{stream} {segment.Sequence} was handed out after {last}";
            last = segment.Sequence;
            if (Altered(segment) is { } why) yield return why;
            else if (!segment.IsSigned) yield return $"{stream} {segment.Sequence} was handed out without its signature";
            else if (At(stream, segment.Sequence)!.IsNamed) yield return $"{stream} {segment.Sequence} waits for delivery, but a gap record on disk names it"; // there, or it would be altered
        }
        var present = handedOut.Select(segment => segment.Sequence).ToHashSet();
        foreach (var line in In(stream).Where(line => line.MustWait && !present.Contains(line.Segment.Sequence)))
            yield return $"{stream} {line.Segment.Sequence} was stored, neither delivered nor named since, and is not there";
    }

    /// <summary>Why a segment is not what was stored under its number; null if it is.</summary>
    public string? Altered(Segment segment) => At(segment.Stream, segment.Sequence) is not { } known
        ? $"{segment.Stream} {segment.Sequence} was handed out and never stored"
        : !IsSame(known.Segment, segment.Line) || known.Segment.Hash != segment.Hash
            ? $"{segment.Stream} {segment.Sequence} was handed out with other bytes than were stored"
            : null;

    // What waited for its signature has got one since: the payload is what must not change.
    private static bool IsSame(Segment known, byte[] line) => known.IsSigned
        ? known.Line.AsSpan().SequenceEqual(line)
        : Envelope.PayloadOf(known.Line).SequenceEqual(Envelope.PayloadOf(line));
}
