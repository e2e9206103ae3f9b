using EdgeGateway.Evidence;

namespace EdgeGateway.Outbox;

/// <summary>
/// The wall between plant and cloud: sealed segments on disk, and what has become of each. One writer (the recorder) appends; one reader (the
/// uplink) reads and acknowledges; thread-safe between the two.
/// </summary>
internal interface IOutbox : IDisposable
{
    /// <summary>Incarnation of this store, from 1; higher whenever the store was made anew.</summary>
    long Epoch { get; }

    /// <summary>What the store knew of the boot before this one when it was opened.</summary>
    PreviousBoot Previous { get; }

    /// <summary>The newest segment of a stream.</summary>
    StreamTail Tail(string stream);

    /// <summary>Counter of the newest command of the platform that was recorded for execution; 0 if there was none.</summary>
    long Command { get; }

    /// <summary>
    /// What has to be dropped undelivered to fit <paramref name="bytes"/> more, or because the broker refused it and it is over age; empty if nothing.
    /// </summary>
    IReadOnlyList<Eviction> Evicts(int bytes);

    /// <summary>
    /// Stores, drops and remembers what the commit says. Returns when all of it is on disk. Appending a segment that is already the stored one again does nothing.
    /// </summary>
    /// <exception cref="IOException">Nothing is known to be stored; the store has been reopened or will be at the next call. Append the same again.</exception>
    /// <exception cref="InvalidOperationException">A segment does not continue its stream.</exception>
    void Append(OutboxCommit commit);

    /// <summary>
    /// The next <paramref name="limit"/> segments of a stream from sequence <paramref name="from"/> on that are neither delivered nor refused, oldest
    /// first, each verified against its hash; none that waits for its signatures, and none behind such a one. A segment that fails is left out, counted in <see cref="Depth"/> and handed out by <see cref="TakeDamage"/>.
    /// </summary>
    IReadOnlyList<Segment> Pending(string stream, long from, long to, int limit);

    /// <summary>
    /// The oldest segments of a stream that wait for their signatures, by sequence number, and up to which number they reach: the segments in between have their signatures, or are there no more.
    /// Both are empty, the number 0, if none waits.
    /// </summary>
    (IReadOnlyList<Segment> Segments, long UpTo) Unsigned(string stream, int limit);

    /// <summary>
    /// Keeps segments again, now with their signatures: the same payloads under the same numbers. Returns when they are on disk; all up to <paramref name="upTo"/> may be sent from then on.
    /// </summary>
    /// <exception cref="IOException">Nothing is known to be stored. Ask for the same again.</exception>
    void Sign(string stream, IReadOnlyList<Segment> signed, long upTo);

    /// <summary>Completes when something waits for its signatures since the last wait.</summary>
    ValueTask WaitForUnsignedAsync(CancellationToken cancellationToken);

    /// <summary>The key ids that sign since the newest change of keys on record, as <see cref="Segment.KeysFromHere"/> had them; empty if there was none.</summary>
    string Keys { get; }

    /// <summary>The broker (or the platform) has it. On disk with the next commit: losing this costs a duplicate, no more.</summary>
    void Acknowledge(string stream, long sequence);

    /// <summary>
    /// The segments from <paramref name="from"/> to <paramref name="to"/> that are still kept, delivered or not, oldest first and at most <paramref name="limit"/>,
    /// each verified against its hash; what is damaged is left out.
    /// </summary>
    IReadOnlyList<Segment> Stored(string stream, long from, long to, int limit);

    /// <summary>
    /// Takes acknowledgements (and refusals for good) back: what is still kept from <paramref name="low"/> to <paramref name="high"/> will be sent again. Returns how many
    /// segments that are; those that wait for their first delivery are not among them.
    /// </summary>
    long SendAgain(string stream, long low, long high);

    /// <summary>The broker will never take it (too large, malformed): kept, visible, not sent again.</summary>
    void Quarantine(string stream, long sequence);

    /// <summary>Ranges found damaged since the last call. They and their gap records belong into the next <see cref="Append"/>, which settles them.</summary>
    IReadOnlyList<Eviction> TakeDamage();

    /// <summary>What people should know of the store's health, said once each: files set aside, files that cannot be written.</summary>
    IReadOnlyList<string> TakeNews();

    /// <summary>What is waiting.</summary>
    OutboxDepth Depth { get; }

    /// <summary>Completes when something was appended since the last wait.</summary>
    ValueTask WaitForAppendAsync(CancellationToken cancellationToken);
}
