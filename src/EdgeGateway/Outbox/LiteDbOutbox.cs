using System.Collections.Concurrent;
using System.Threading.Channels;
using EdgeGateway.Config;
using EdgeGateway.Evidence;

namespace EdgeGateway.Outbox;

/// <summary>
/// Sealed segments on disk (docs/decisions/0008-journal-before-files.md). A commit is one entry in the <see cref="Journal"/>, on disk when the call returns; what the
/// journal holds moves on, in larger portions, into LiteDB files of bounded size (<see cref="SegmentShelf"/>), one document a segment. Every line is checked
/// against its hash before anyone gets it. What was evicted or has been delivered for long enough leaves a file at a time.
/// </summary>
internal sealed class LiteDbOutbox : IOutbox
{
    /// <summary>Version of what is on disk; a higher one is refused.</summary>
    public const int FormatVersion = 3;

    /// <summary>The oldest version that can be read still: in it no segment waited for its signatures.</summary>
    public const int OldestFormat = 2;

    private readonly Lock _writing = new(); // one commit at a time; taken before _gate
    private readonly Lock _gate = new();
    private readonly IStoreFolder _folder;
    private readonly OutboxLimits _limits;
    private readonly TimeProvider _time;
    private readonly StoredLines _lines = new();
    private readonly Retention _retention;
    private readonly Channel<bool> _appended = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> _unsigned = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly DamageList _damage;
    private readonly ConcurrentQueue<string> _news = [];
    private OpenedStore _store;
    private IReadOnlyDictionary<string, StreamState> _streams;
    private BootMark? _boot;
    private bool _beginsLap = true;
    private long _olderLapBytes;
    private string? _settleTrouble;

    private LiteDbOutbox(IStoreFolder folder, OutboxSettings settings, TimeProvider time, bool mayBegin = true)
    {
        (_folder, _time) = (folder, time);
        _limits = OutboxLimits.Of(settings);
        _retention = new Retention(settings, _lines);
        _damage = new DamageList(_lines, _gate);
        _store = OpenedStore.OpenOrBegin(folder, _limits, _lines, time, _news, mayBegin);
        _streams = _store.Streams;
        (Epoch, Previous) = (_store.Epoch, _store.Previous);
        try
        {
            TakeOver();
        }
        catch
        {
            // Nobody gets this store: its files must not stay held, or the next attempt would find them in use.
            _store.Close();
            throw;
        }
    }

    public long Epoch { get; }

    public PreviousBoot Previous { get; }

    public long Command { get; private set; }

    public string Keys { get; private set; } = "";

    /// <summary>Opens or makes the store in <paramref name="folder"/>.</summary>
    /// <exception cref="OutboxException">It cannot be opened: in use, not writable or newer than this program; the message says what to do.</exception>
    public static LiteDbOutbox Open(string folder, OutboxSettings settings, TimeProvider time)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutboxException.CannotOpen(folder, e);
        }
        return Open(new DiskFolder(folder), settings, time);
    }

    /// <summary>Opens a store that is there, to look into it: a store that could only be begun anew is left as it is.</summary>
    /// <exception cref="OutboxException">There is none, or it cannot be opened; the message says what to do.</exception>
    public static LiteDbOutbox OpenExisting(string folder, TimeProvider time)
    {
        // The smallest journal that may be: one that is there is larger, and is not touched for its size.
        var settings = new OutboxSettings { MaxBytes = 0 };
        try
        {
            return new LiteDbOutbox(new DiskFolder(folder), settings, time, mayBegin: false);
        }
        catch (IOException e)
        {
            throw OutboxException.CannotOpen(folder, e);
        }
    }

    /// <summary>Opens or makes the store in <paramref name="folder"/>.</summary>
    /// <exception cref="OutboxException">It cannot be opened: in use, not writable or newer than this program; the message says what to do.</exception>
    public static LiteDbOutbox Open(IStoreFolder folder, OutboxSettings settings, TimeProvider time)
    {
        try
        {
            return new LiteDbOutbox(folder, settings, time);
        }
        catch (IOException e)
        {
            throw OutboxException.CannotOpen(folder.Path, e);
        }
    }

    public OutboxDepth Depth
    {
        get
        {
            lock (_gate)
            {
                long undelivered = 0;
                long? oldest = null;
                var quarantined = 0;
                long unsigned = 0;
                foreach (var state in _streams.Values)
                {
                    undelivered += Math.Max(0, state.Cursor.Pending(state.Tail.Sequence));
                    unsigned += state.Tail.Sequence - state.Signed;
                    quarantined += (int)Math.Min(int.MaxValue, state.Quarantined.Ranges.Sum(range => range.Count));
                    var pending = state.Cursor.NextPending(1);
                    if (pending <= state.Tail.Sequence && TimeOfNeedsGate(state, pending) is { } time && !(oldest < time)) oldest = time;
                }
                return new OutboxDepth(undelivered, oldest, Retention.BytesOf(_streams), quarantined, _damage.Lost) { Unsigned = unsigned };
            }
        }
    }

    public StreamTail Tail(string stream)
    {
        lock (_gate) return _streams[stream].Tail;
    }

    public IReadOnlyList<Eviction> Evicts(int bytes)
    {
        lock (_gate) return _retention.Evicts(_streams, _store.Running.Seconds, bytes);
    }

    public void Append(OutboxCommit commit)
    {
        lock (_writing)
        {
            ReopenIfBrokenNeedsWriting();
            List<(string Stream, StoredSegment Segment)> packed = [.. FreshNeedsWriting(commit.Segments).Select(segment => (segment.Stream, _lines.Pack(segment)))];
            WriteNeedsWriting(packed, commit);
            TidyNeedsWriting();
        }
        _appended.Writer.TryWrite(true);
        TellOfUnsigned();
    }

    public (IReadOnlyList<Segment> Segments, long UpTo) Unsigned(string stream, int limit)
    {
        var state = StateOf(stream);
        long from, tail;
        lock (_gate) (from, tail) = (state.Signed + 1, state.Tail.Sequence);
        var found = new List<Segment>(limit);
        var at = from;
        // What cannot be read is missed by whoever wants to send it; nobody can sign it.
        for (; at <= tail && at - from < limit; at++)
            if (_lines.Read(state, at) is { IsSigned: false } segment) found.Add(segment);
        return at == from ? ([], 0) : (found, at - 1);
    }

    public void Sign(string stream, IReadOnlyList<Segment> signed, long upTo)
    {
        lock (_writing)
        {
            ReopenIfBrokenNeedsWriting();
            var state = StateOf(stream);
            List<(string Stream, StoredSegment Segment)> packed = [];
            foreach (var segment in signed)
                if (_lines.Read(state, segment.Sequence) is { } stored && stored.Hash == segment.Hash) packed.Add((stream, _lines.Pack(segment)));
            // Room first: making it moves segments from the journal into files, and where each is decides how it is kept again.
            MakeRoomNeedsWriting(packed);
            // In the files first: the journal's word that all is signed must not be there before it is true.
            var held = packed.Where(entry => state.Held.Find(entry.Segment.Sequence) is not null).ToList();
            var settled = packed.Except(held).Select(entry => entry.Segment).ToList();
            if (settled.Count > 0) state.Shelf.Replace(settled);
            WriteNeedsWriting(held, new OutboxCommit([]) { SignedUpTo = (stream, upTo) });
            TidyNeedsWriting();
        }
        _appended.Writer.TryWrite(true);
        TellOfUnsigned();
    }

    public async ValueTask WaitForUnsignedAsync(CancellationToken cancellationToken) => await _unsigned.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);

    public IReadOnlyList<Segment> Pending(string stream, long from, long to, int limit)
    {
        var state = StateOf(stream);
        var found = new List<Segment>(limit);
        for (var next = from; found.Count < limit;)
        {
            long at;
            lock (_gate)
            {
                at = state.Cursor.NextPending(next);
                if (at > Math.Min(to, state.Signed)) return found;
                next = at + 1;
                if (state.Damaged.TryFind(at, out var known))
                {
                    next = known.High + 1;
                    continue;
                }
            }
            if (_lines.Read(state, at) is not { } segment)
            {
                _damage.Note(state, at, at);
                continue;
            }
            if (!segment.IsSigned)
            {
                // It was to have them, and a file has not kept that: what is not signed never leaves.
                lock (_gate) state.Signed = Math.Min(state.Signed, at - 1);
                TellOfUnsigned();
                return found;
            }
            found.Add(segment);
        }
        return found;
    }

    public IReadOnlyList<Segment> Stored(string stream, long from, long to, int limit)
    {
        var state = StateOf(stream);
        var found = new List<Segment>(limit);
        List<NumberRange> kept;
        lock (_gate) kept = [.. state.Kept(from, to)];
        foreach (var (low, high) in kept)
            for (var at = low; at <= high && found.Count < limit; at++)
                if (_lines.Read(state, at) is { } segment) found.Add(segment);
        return found;
    }

    public void Acknowledge(string stream, long sequence)
    {
        lock (_gate) _streams[stream].Cursor.Add(sequence, sequence);
    }

    public long SendAgain(string stream, long low, long high)
    {
        lock (_writing)
        {
            // Taken back from a cursor that is about to be read from disk again, it would stay delivered.
            ReopenIfBrokenNeedsWriting();
            // Delivered segments may have left the store since: looked for later, they would be taken for damaged.
            lock (_gate) return _streams[stream].Kept(low, high).ToList().Sum(range => _streams[stream].SendAgain(range.Low, range.High));
        }
    }

    public void Quarantine(string stream, long sequence)
    {
        lock (_gate)
        {
            // Dropped and named while it was under way: there is nothing to keep.
            if (_streams[stream].Kept(sequence, sequence).Any()) _streams[stream].Quarantine(sequence);
        }
    }

    public IReadOnlyList<Eviction> TakeDamage()
    {
        IReadOnlyDictionary<string, StreamState> streams;
        lock (_gate) streams = _streams;
        return _damage.Take(streams);
    }

    public IReadOnlyList<string> TakeNews()
    {
        var taken = new List<string>();
        while (_news.TryDequeue(out var news)) taken.Add(news);
        return taken;
    }

    public async ValueTask WaitForAppendAsync(CancellationToken cancellationToken) => await _appended.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);

    public void Dispose()
    {
        lock (_writing)
        {
            try
            {
                if (!_store.Journal.IsBroken && _streams.Values.Any(state => state.IsDirty)) WriteNeedsWriting([], new OutboxCommit([]));
            }
            catch (IOException)
            {
                // Only acknowledgements were to be saved: they are sent again after the next start, and the receiver drops the repeats.
            }
            _store.Close();
            _lines.Dispose();
        }
    }

    private void MakeRoomNeedsWriting(List<(string Stream, StoredSegment Segment)> segments)
    {
        const int headAndCursors = 64 * 1024;
        var bytes = segments.Sum(entry => entry.Segment.Packed.Length + StoredSegment.MostBytesBeside) + headAndCursors;
        if (_store.Journal.Fits(Math.Min(bytes, _store.Journal.LongestContent), isUrgent: segments.All(entry => entry.Segment.Readings == 0))) return;
        try
        {
            MakeRoomInJournalNeedsWriting();
            StartLapNeedsWriting();
        }
        catch (IOException)
        {
            lock (_gate)
                foreach (var state in _streams.Values) state.NotSaved();
            throw;
        }
    }

    private void TellOfUnsigned()
    {
        bool waits;
        lock (_gate) waits = _streams.Values.Any(state => state.Signed < state.Tail.Sequence);
        if (waits) _unsigned.Writer.TryWrite(true);
    }

    private StreamState StateOf(string stream)
    {
        lock (_gate) return _streams[stream];
    }

    /// <summary>What the opened store says is what counts from here on. All or nothing: a store that broke half-way through must not look like one with an empty stream.</summary>
    private void TakeOver()
    {
        lock (_gate)
        {
            (_streams, _beginsLap) = (_store.Streams, true);
            if (_store.Head is { } head) (_boot, Command, Keys) = (head.Boot, head.Command, head.Keys);
            _damage.Clear(); // found again when it is read again
            _olderLapBytes = LeftOfOlderLap;
        }
        if (_store.Head is null) WriteNeedsWriting([], new OutboxCommit([])); // a store that says of itself which epoch it is
        TellOfUnsigned();
    }

    /// <summary>After an error the journal is in an unknown state: it is opened again, and what is on disk is what counts.</summary>
    private void ReopenIfBrokenNeedsWriting()
    {
        if (!_store.Journal.IsBroken) return;
        _store.Journal.Dispose();
        _store = OpenedStore.Open(_folder, _limits, _lines, _time, _news, Epoch, _streams);
        TakeOver();
    }

    private List<Segment> FreshNeedsWriting(IReadOnlyList<Segment> segments)
    {
        var fresh = segments.Where(segment => !IsStored(segment)).ToList();
        foreach (var byStream in fresh.GroupBy(segment => segment.Stream))
        {
            var expected = Tail(byStream.Key).Sequence + 1;
            foreach (var segment in byStream)
                if (segment.Sequence != expected++)
                    throw new InvalidOperationException($"stream {segment.Stream}: sequence {segment.Sequence} does not follow {expected - 2}");
        }
        return fresh;
    }

    private bool IsStored(Segment segment)
    {
        if (segment.Sequence > Tail(segment.Stream).Sequence) return false;
        // One that cannot be read any more is missed by who wants to send it; its number is taken all the same.
        if (StateOf(segment.Stream).Find(segment.Sequence) is not { } stored || stored.Hash == segment.Hash) return true;
        throw new InvalidOperationException($"stream {segment.Stream}: sequence {segment.Sequence} is taken by another payload");
    }

    /// <summary>One entry of the journal, or several if the segments are too many for one; the last one brings everything else.</summary>
    private void WriteNeedsWriting(List<(string Stream, StoredSegment Segment)> segments, OutboxCommit commit)
    {
        try
        {
            WritePartsNeedsWriting(segments, commit);
        }
        catch (IOException)
        {
            lock (_gate)
                foreach (var state in _streams.Values) state.NotSaved();
            throw;
        }
    }

    private void WritePartsNeedsWriting(List<(string Stream, StoredSegment Segment)> segments, OutboxCommit commit)
    {
        // Before anything of it is written down: what the commit gives up may only be said together with the gap records, which are among the last.
        if (segments.Count > 1 && segments.Sum(entry => entry.Segment.Packed.Length + StoredSegment.MostBytesBeside) > _store.Journal.LongestContent)
        {
            WritePartsNeedsWriting([.. segments.Take(segments.Count / 2)], new OutboxCommit([]));
            WritePartsNeedsWriting([.. segments.Skip(segments.Count / 2)], commit);
            return;
        }
        var (entry, mark, head) = EntryNeedsWriting(segments, commit);
        if (!_store.Journal.Fits(entry.Length, isUrgent: segments.All(sealedOne => sealedOne.Segment.Readings == 0)))
        {
            MakeRoomInJournalNeedsWriting();
            StartLapNeedsWriting();
            (entry, mark, head) = EntryNeedsWriting(segments, commit); // the first of a lap says everything
        }
        _store.Journal.Append(entry, mark);
        lock (_gate)
        {
            _beginsLap = false;
            (_boot, Command, Keys) = (head.Boot, head.Command, head.Keys);
            foreach (var eviction in commit.Evictions) _streams[eviction.Stream].GiveUp(eviction.FirstLost, eviction.High);
            foreach (var (stream, segment) in segments)
            {
                var state = _streams[stream];
                if (segment.Sequence <= state.Tail.Sequence)
                {
                    state.Held.Replace(segment); // it has its signatures now
                    continue;
                }
                state.Held.Add(segment);
                state.Remember(segment.Sequence, _lines.LowestNamed(segment));
                (state.Tail, state.TailT1) = (new StreamTail(segment.Sequence, segment.Hash), segment.T1);
            }
            foreach (var (stream, _, _, signed) in head.Tails) _streams[stream].Signed = signed;
        }
    }

    private (byte[] Entry, byte[] Mark, OutboxHead Head) EntryNeedsWriting(List<(string Stream, StoredSegment Segment)> segments, OutboxCommit commit)
    {
        lock (_gate)
        {
            var head = new OutboxHead
            {
                Epoch = Epoch,
                Command = Math.Max(Command, commit.Command ?? 0),
                RunningSeconds = _store.Running.Seconds,
                Boot = commit.Boot ?? _boot,
                Keys = segments.LastOrDefault(entry => entry.Segment.KeysFromHere is not null).Segment?.KeysFromHere ?? Keys,
                Tails = [.. _streams.Values.Select(state => TailNeedsGate(state, segments, commit))],
            };
            var entry = new OutboxEntry
            {
                Head = head,
                Segments = segments,
                Cursors = [.. _streams.Values.Select(state => (State: state, GivenUp: commit.Evictions.Where(eviction => eviction.Stream == state.Stream).ToList()))
                    .Where(entry => _beginsLap || entry.State.IsDirty || entry.GivenUp.Count > 0).Select(entry => entry.State.Save(entry.GivenUp))],
                Files = _beginsLap ? _streams.Values.SelectMany(state => state.Shelf.Spans(_store.Running.Seconds)).ToDictionary(span => span.Name, span => span.MadeAt) : [],
            };
            return (entry.Encode(), OutboxEntry.EncodeMark(head), head);
        }
    }

    /// <summary>Where a stream will be after this entry, and up to where all is signed: as far as it is now without a break, or as the commit says.</summary>
    private static (string Stream, StreamTail Tail, long T1, long Signed) TailNeedsGate(StreamState state, List<(string Stream, StoredSegment Segment)> segments, OutboxCommit commit)
    {
        var (tail, t1, signed) = (state.Tail, state.TailT1, state.Signed);
        if (commit.SignedUpTo is { } said && said.Stream == state.Stream) signed = Math.Max(signed, said.UpTo);
        foreach (var (stream, segment) in segments)
        {
            if (stream != state.Stream || segment.Sequence <= state.Tail.Sequence) continue;
            (tail, t1) = (new StreamTail(segment.Sequence, segment.Hash), segment.T1);
            if (segment.IsSigned && signed == segment.Sequence - 1) signed = segment.Sequence;
        }
        return (state.Stream, tail, t1, signed);
    }

    private void StartLapNeedsWriting()
    {
        _store.Journal.StartLap(); // open: the commit under way has seen to that
        lock (_gate)
        {
            foreach (var state in _streams.Values) state.Held.EndLap();
            _beginsLap = true;
            _olderLapBytes = LeftOfOlderLap;
        }
    }

    /// <summary>
    /// After a commit: files that may leave do, and a portion of the journal's older file moves on into segment files, in step with the filling of the newer one. The commit
    /// is on disk whatever becomes of this; trouble is told once and tried again with the next one.
    /// </summary>
    private void TidyNeedsWriting()
    {
        try
        {
            DropNeedsWriting();
            while (SettledShare < _store.Journal.Fill * 1.5 && SettleSliceNeedsWriting())
            {
            }
            _settleTrouble = null;
        }
        catch (IOException e)
        {
            if (_settleTrouble is null)
                _news.Enqueue($"{_folder.Path}: segment files cannot be written ({e.Message}); commits go on while the journal has room");
            _settleTrouble = e.Message;
        }
    }

    /// <summary>Moves all of the journal's older file on. If the disk refuses, perhaps it is full of what has been delivered: that leaves, a file at a time.</summary>
    private void MakeRoomInJournalNeedsWriting()
    {
        while (true)
        {
            try
            {
                while (SettleSliceNeedsWriting())
                {
                }
                return;
            }
            catch (IOException)
            {
                if (!DropOneNeedsWriting()) throw;
            }
        }
    }

    /// <summary>Drops the oldest delivered file, young as it may be; false if there is none, or no room to write down that it has been delivered.</summary>
    private bool DropOneNeedsWriting()
    {
        // Chosen before the cursors are written down: what is acknowledged in between is not among them.
        (SegmentShelf Shelf, string Name)? leaves;
        lock (_gate) leaves = Retention.Delivered(_streams, _store.Running.Seconds);
        if (leaves is not { } delivered) return false;
        var (entry, mark, _) = EntryNeedsWriting([], new OutboxCommit([]));
        if (!_store.Journal.Fits(entry.Length, isUrgent: true)) return false;
        _store.Journal.Append(entry, mark);
        delivered.Shelf.Drop(delivered.Name);
        return true;
    }

    private double SettledShare => _olderLapBytes == 0 ? double.MaxValue : 1 - LeftOfOlderLap / (double)_olderLapBytes;

    private long LeftOfOlderLap => _streams.Values.Sum(state => state.Held.OlderBytes);

    /// <summary>Moves a portion of the journal's older file into segment files; false if nothing was left to move.</summary>
    private bool SettleSliceNeedsWriting()
    {
        foreach (var state in _streams.Values)
        {
            var portion = state.Held.NextOlder(_limits.SettleBytes);
            if (portion.Count == 0) continue;
            state.Shelf.Add(portion, _store.Running.Seconds);
            state.Held.Release(portion[^1].Sequence);
            return true;
        }
        return false;
    }

    /// <summary>Drops files of delivered segments: those over age, and while the store is over its size the oldest.</summary>
    private void DropNeedsWriting()
    {
        while (true)
        {
            (SegmentShelf Shelf, string Name)? leaves;
            lock (_gate)
            {
                leaves = _retention.Leaves(_streams, _store.Running.Seconds);
                // What the cursors know may leave only once the journal knows it as well.
                if (leaves is not null && _streams.Values.Any(state => state.IsDirty)) return;
            }
            if (leaves is null) return;
            leaves.Value.Shelf.Drop(leaves.Value.Name);
        }
    }

    private static long? TimeOfNeedsGate(StreamState state, long sequence)
    {
        if (state.OldestPending.Sequence == sequence) return state.OldestPending.TimeMs;
        try
        {
            state.OldestPending = (sequence, state.Find(sequence)?.T0);
            return state.OldestPending.TimeMs;
        }
        catch (IOException)
        {
            return null; // unknown just now; who reads it to send it says what is wrong
        }
    }
}
