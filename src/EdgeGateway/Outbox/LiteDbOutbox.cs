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
    public const int FormatVersion = 2;

    private const int MostRangesPerFile = 32;

    private readonly Lock _writing = new(); // one commit at a time; taken before _gate
    private readonly Lock _gate = new();
    private readonly IStoreFolder _folder;
    private readonly OutboxSettings _settings;
    private readonly OutboxLimits _limits;
    private readonly TimeProvider _time;
    private readonly EpochFile _epochFile;
    private readonly LineCompression _compression = new();
    private readonly Channel<bool> _appended = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<Eviction> _damage = [];
    private readonly List<string> _news = [];
    private readonly Lock _parsing = new();
    private readonly PayloadParser _parser = new(keepsRows: false);
    private Dictionary<string, StreamState> _streams = [];
    private Journal? _journal;
    private RunningClock _running;
    private BootMark? _boot;
    private bool _beginsLap;
    private long _olderLapBytes;
    private string? _settleTrouble;
    private long _damaged;

    private LiteDbOutbox(IStoreFolder folder, OutboxSettings settings, TimeProvider time)
    {
        (_folder, _settings, _time) = (folder, settings, time);
        _limits = OutboxLimits.Of(settings);
        _epochFile = new EpochFile(folder);
        _running = new RunningClock(time, 0);
        Previous = LoadOrBegin();
    }

    public long Epoch { get; private set; }

    public PreviousBoot Previous { get; }

    public long Command { get; private set; }

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
                foreach (var state in _streams.Values)
                {
                    undelivered += Math.Max(0, state.Cursor.Pending(state.Tail.Sequence));
                    quarantined += (int)Math.Min(int.MaxValue, state.Quarantined.Ranges.Sum(range => range.Count));
                    var pending = state.Cursor.NextPending(1);
                    if (pending <= state.Tail.Sequence && TimeOfNeedsGate(state, pending) is { } time && !(oldest < time)) oldest = time;
                }
                return new OutboxDepth(undelivered, oldest, BytesNeedsGate(), quarantined, _damaged);
            }
        }
    }

    public StreamTail Tail(string stream)
    {
        lock (_gate) return _streams[stream].Tail;
    }

    public IReadOnlyList<Eviction> Evicts(int bytes)
    {
        lock (_gate)
        {
            if (BytesNeedsGate() + bytes <= _settings.MaxBytes)
            {
                // What was refused for good leaves by age as well, but never unnamed.
                foreach (var state in _streams.Values)
                    foreach (var span in OverAgeNeedsGate(state))
                        if (state.Quarantined.TryFindWithin(span.First, span.Last) && state.Cursor.NextPending(span.First) > span.Last) return NamedNeedsGate(state, span);
                return [];
            }
            // Room comes from delivered files first; Append drops those without a word, they have arrived.
            if (_streams.Values.Any(state => state.Shelf.Spans(_running.Seconds).Any(span => state.IsDelivered(span.First, span.Last)))) return [];
            // The oldest readings go, events only when there are no readings.
            foreach (var stream in Streams.InOrderOfUrgency.Reverse())
                if (_streams[stream].Shelf.Spans(_running.Seconds) is [var oldest, ..]) return NamedNeedsGate(_streams[stream], oldest);
            return [];
        }
    }

    public void Append(OutboxCommit commit)
    {
        lock (_writing)
        {
            ReopenIfBrokenNeedsWriting();
            List<(string Stream, StoredSegment Segment)> packed = [.. FreshNeedsWriting(commit.Segments).Select(segment => (segment.Stream, Packed(segment)))];
            WriteNeedsWriting(packed, commit);
            TidyNeedsWriting();
        }
        _appended.Writer.TryWrite(true);
    }

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
                if (at > Math.Min(to, state.Tail.Sequence)) return found;
                next = at + 1;
                if (state.Damaged.TryFind(at, out var known))
                {
                    next = known.High + 1;
                    continue;
                }
            }
            if (Sound(state, at) is { } segment) found.Add(segment);
            else TakeNoteOfDamage(state, at);
        }
        return found;
    }

    public IReadOnlyList<Segment> Stored(string stream, long from, long to, int limit)
    {
        var state = StateOf(stream);
        var found = new List<Segment>(limit);
        foreach (var (low, high) in KeptRanges(state, from, to))
            for (var at = low; at <= high && found.Count < limit; at++)
                if (Sound(state, at) is { } segment) found.Add(segment);
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
            var state = StateOf(stream);
            // Delivered segments may have left the store since: looked for later, they would be taken for damaged.
            var kept = KeptRanges(state, low, high).ToList();
            lock (_gate) return kept.Sum(range => state.SendAgain(range.Low, range.High));
        }
    }

    public void Quarantine(string stream, long sequence)
    {
        lock (_gate) _streams[stream].Quarantine(sequence);
    }

    public IReadOnlyList<Eviction> TakeDamage()
    {
        Eviction[] taken;
        lock (_gate)
        {
            taken = [.. _damage];
            _damage.Clear();
        }
        // A disk that was away for a while is no damage: what can be read again is sent as if nothing had been.
        var lost = taken.Where(IsStillLost).ToList();
        lock (_gate)
        {
            foreach (var range in taken.Except(lost)) _streams[range.Stream].Damaged.RemoveAll(new NumberRange(range.Low, range.High));
            foreach (var range in lost)
            {
                _damaged += range.High - range.Low + 1;
                // Settled from here on: the cursor goes to disk in the commit that brings the gap record, not before.
                _streams[range.Stream].GiveUp(range.Low, range.High);
            }
        }
        return lost;
    }

    public IReadOnlyList<string> TakeNews()
    {
        lock (_gate)
        {
            var taken = _news.ToArray();
            _news.Clear();
            return taken;
        }
    }

    public async ValueTask WaitForAppendAsync(CancellationToken cancellationToken) => await _appended.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);

    public void Dispose()
    {
        lock (_writing)
        {
            try
            {
                if (_journal is { IsBroken: false } && _streams.Values.Any(state => state.IsDirty)) WriteNeedsWriting([], new OutboxCommit([]));
            }
            catch (IOException)
            {
                // Only acknowledgements were to be saved: they are sent again after the next start, and the receiver drops the repeats.
            }
            Close();
            _compression.Dispose();
        }
    }

    private bool IsStillLost(Eviction range)
    {
        try
        {
            return Sound(StateOf(range.Stream), range.Low) is null && Sound(StateOf(range.Stream), range.High) is null;
        }
        catch (IOException)
        {
            return false; // not known: it will be found again by who wants to send it
        }
    }

    private StreamState StateOf(string stream)
    {
        lock (_gate) return _streams[stream];
    }

    private void Close()
    {
        foreach (var state in _streams.Values) state.Shelf.Dispose();
        _journal?.Dispose();
        _journal = null;
    }

    /// <summary>Reads what the last run left, or begins anew; says what is known of the boot before.</summary>
    private PreviousBoot LoadOrBegin()
    {
        if (_folder.List().Contains("segments.db"))
            throw new OutboxException($"the store in {_folder.Path} was written by an older program (segments.db): let that one deliver it, then move segments.db and segments-log.db away and start again; a new epoch will begin");
        try
        {
            if (TryLoad() is not { } head) return Begin();
            // Should this store be lost, its epoch must not come again.
            if (!IsEpochKnown(head.Epoch)) _epochFile.Write(head.Epoch);
            if (head.Boot is null) return new PreviousBoot("", true, 0, "", head.Epoch > 1 ? head.Epoch - 1 : null);
            return new PreviousBoot(head.Boot.Boot, head.Boot.Stopped, Math.Max(head.Boot.StartedMs, _streams[Streams.Readings].TailT1), head.Boot.ConfigHash, null);
        }
        catch (JournalLostException e)
        {
            Close();
            return Begin(e.Message);
        }
        catch
        {
            Close();
            throw;
        }
    }

    private bool IsEpochKnown(long epoch)
    {
        try
        {
            return _epochFile.Read() >= epoch;
        }
        catch (OutboxException)
        {
            return false; // unreadable, but the store itself knows
        }
    }

    /// <summary>A new store. Files of one that cannot be continued are kept under other names: their numbers must not be used again.</summary>
    private PreviousBoot Begin(string? lost = null)
    {
        Close();
        var before = _epochFile.Read();
        foreach (var name in _folder.List().Where(name => lost is not null && name.StartsWith("journal-", StringComparison.Ordinal) || Streams.InOrderOfUrgency.Any(stream => name.StartsWith(stream + "-", StringComparison.Ordinal))))
        {
            _folder.Rename(name, $"lost-epoch-{before ?? 0}-{name}");
            lost ??= "the journal is missing or holds nothing";
        }
        if (lost is not null) _news.Add($"the store in {_folder.Path} cannot be continued ({lost}): a new epoch begins; the old files are kept as lost-epoch-{before ?? 0}-…, what they hold and was not delivered is not sent any more");
        Epoch = (before ?? 0) + 1;
        _epochFile.Write(Epoch);
        if (TryLoad() is not null) throw new InvalidOperationException("a new store is not empty");
        lock (_writing) WriteNeedsWriting([], new OutboxCommit([]));
        return new PreviousBoot("", true, 0, "", before);
    }

    /// <summary>Opens the journal and the shelves and takes over what they say; the newest head, or null if there is none.</summary>
    private OutboxHead? TryLoad(Dictionary<string, StreamState>? open = null)
    {
        _journal = Journal.Open(_folder, _limits.JournalBytes, out var frames);
        var entries = frames.Where(frame => frame.Kind == JournalFrameKind.Entry).Select(frame => (frame.Lap, Entry: OutboxEntry.Decode(frame.Content))).ToList();
        var head = frames.LastOrDefault(frame => frame.Kind == JournalFrameKind.Mark) is { Content.Length: > 0 } mark && (entries.Count == 0 || mark.Number > frames.Last(frame => frame.Kind == JournalFrameKind.Entry).Number)
            ? OutboxEntry.DecodeMark(mark.Content)
            : entries.LastOrDefault().Entry?.Head;
        var running = new RunningClock(_time, head?.RunningSeconds ?? 0);
        if (head is not null) Epoch = head.Epoch;
        var madeAt = new Dictionary<string, long>();
        foreach (var (_, entry) in entries)
            foreach (var (name, at) in entry.Files) madeAt[name] = at;
        var streams = new Dictionary<string, StreamState>();
        try
        {
            foreach (var stream in Streams.InOrderOfUrgency)
                streams[stream] = new StreamState(stream, open?[stream].Shelf ?? SegmentShelf.Open(_folder, stream, Epoch, head is null ? null : madeAt, running.Seconds, _limits, _news));
        }
        catch
        {
            foreach (var state in streams.Values) state.Shelf.Dispose();
            throw;
        }
        if (head is not null) Restore(streams, head, entries, _journal.Lap);
        lock (_gate)
        {
            // All or nothing: a store that breaks half-way through must not look like one with an empty stream.
            (_streams, _running, _beginsLap) = (streams, running, true);
            (_boot, Command) = (head?.Boot, head?.Command ?? 0);
            _damage.Clear(); // found again when it is read again
            _olderLapBytes = OlderLapBytesNeedsGate();
        }
        return head;
    }

    private static void Restore(Dictionary<string, StreamState> streams, OutboxHead head, List<(long Lap, OutboxEntry Entry)> entries, long newestLap)
    {
        foreach (var (lap, entry) in entries)
        {
            foreach (var (stream, segment) in entry.Segments)
            {
                if (!streams.TryGetValue(stream, out var state)) continue;
                if (segment.Sequence > state.Shelf.Last) state.Hold(segment);
                if (lap < newestLap) state.OlderLapEnd = segment.Sequence;
            }
            foreach (var cursor in entry.Cursors)
                if (streams.TryGetValue(cursor.Stream, out var state)) state.Restore(cursor);
        }
        foreach (var (stream, tail, t1) in head.Tails)
            if (streams.TryGetValue(stream, out var state)) (state.Tail, state.TailT1) = (tail, t1);
    }

    /// <summary>After an error the journal is in an unknown state: it is opened again, and what is on disk is what counts.</summary>
    private void ReopenIfBrokenNeedsWriting()
    {
        if (_journal is { IsBroken: false }) return;
        _journal?.Dispose();
        _journal = null;
        if (TryLoad(_streams) is null) throw new JournalLostException("the journal is empty, but was not a moment ago");
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
        if (Look(StateOf(segment.Stream), segment.Sequence)?.Hash == segment.Hash) return true;
        throw new InvalidOperationException($"stream {segment.Stream}: sequence {segment.Sequence} is taken by another payload");
    }

    private StoredSegment Packed(Segment segment) => new()
    {
        Sequence = segment.Sequence,
        Hash = segment.Hash,
        T0 = segment.T0,
        T1 = segment.T1,
        Readings = segment.Readings,
        Packed = _compression.Pack(segment.Line),
    };

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
        var (entry, mark, head) = EntryNeedsWriting(segments, commit);
        if (entry.Length > _journal!.LongestContent && segments.Count > 1)
        {
            WritePartsNeedsWriting([.. segments.Take(segments.Count / 2)], new OutboxCommit([]));
            WritePartsNeedsWriting([.. segments.Skip(segments.Count / 2)], commit);
            return;
        }
        if (!_journal.Fits(entry.Length, isUrgent: segments.All(sealedOne => sealedOne.Segment.Readings == 0)))
        {
            SettleOlderLapNeedsWriting();
            StartLapNeedsWriting();
            (entry, mark, head) = EntryNeedsWriting(segments, commit); // the first of a lap says everything
        }
        _journal.Append(entry, mark);
        lock (_gate)
        {
            _beginsLap = false;
            (_boot, Command) = (head.Boot, head.Command);
            foreach (var (stream, segment) in segments)
            {
                var state = _streams[stream];
                state.Hold(segment);
                (state.Tail, state.TailT1) = (new StreamTail(segment.Sequence, segment.Hash), segment.T1);
            }
        }
    }

    private (byte[] Entry, byte[] Mark, OutboxHead Head) EntryNeedsWriting(List<(string Stream, StoredSegment Segment)> segments, OutboxCommit commit)
    {
        lock (_gate)
        {
            foreach (var eviction in commit.Evictions) _streams[eviction.Stream].GiveUp(eviction.Low, eviction.High);
            var head = new OutboxHead
            {
                Epoch = Epoch,
                Command = Math.Max(Command, commit.Command ?? 0),
                RunningSeconds = _running.Seconds,
                Boot = commit.Boot ?? _boot,
                Tails = [.. _streams.Values.Select(state => segments.LastOrDefault(entry => entry.Stream == state.Stream).Segment is { } newest
                    ? (state.Stream, new StreamTail(newest.Sequence, newest.Hash), newest.T1)
                    : (state.Stream, state.Tail, state.TailT1))],
            };
            var entry = new OutboxEntry
            {
                Head = head,
                Segments = segments,
                Cursors = [.. _streams.Values.Where(state => _beginsLap || state.IsDirty).Select(state => state.Save())],
                Files = _beginsLap ? _streams.Values.SelectMany(state => state.Shelf.Spans(_running.Seconds)).ToDictionary(span => span.Name, span => span.MadeAt) : [],
            };
            return (entry.Encode(), OutboxEntry.EncodeMark(head), head);
        }
    }

    private void StartLapNeedsWriting()
    {
        _journal!.StartLap(); // open: the commit under way has seen to that
        lock (_gate)
        {
            foreach (var state in _streams.Values) state.OlderLapEnd = state.Tail.Sequence;
            _beginsLap = true;
            _olderLapBytes = OlderLapBytesNeedsGate();
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
            while (SettledShare() < _journal!.Fill * 1.5 && SettleSliceNeedsWriting())
            {
            }
            _settleTrouble = null;
        }
        catch (IOException e)
        {
            if (_settleTrouble is null)
                lock (_gate) _news.Add($"{_folder.Path}: segment files cannot be written ({e.Message}); commits go on while the journal has room");
            _settleTrouble = e.Message;
        }
    }

    private void SettleOlderLapNeedsWriting()
    {
        while (SettleSliceNeedsWriting())
        {
        }
    }

    private double SettledShare()
    {
        lock (_gate) return _olderLapBytes == 0 ? double.MaxValue : 1 - OlderLapBytesNeedsGate() / (double)_olderLapBytes;
    }

    private long OlderLapBytesNeedsGate() =>
        _streams.Values.Sum(state => state.NextToSettle(state.OlderLapEnd, int.MaxValue).Sum(segment => (long)segment.Packed.Length));

    /// <summary>Moves a portion of the journal's older file into segment files; false if nothing was left to move.</summary>
    private bool SettleSliceNeedsWriting()
    {
        foreach (var state in _streams.Values)
        {
            IReadOnlyList<StoredSegment> portion;
            lock (_gate) portion = state.NextToSettle(state.OlderLapEnd, _limits.SettleBytes);
            if (portion.Count == 0) continue;
            var gaps = portion.Where(segment => segment.Readings == 0).Select(segment => (segment.Sequence, LowestNamed(state.Stream, segment))).Where(gap => gap.Item2 < gap.Sequence).ToList();
            state.Shelf.Add(portion, gaps, _running.Seconds);
            lock (_gate) state.Release(portion[^1].Sequence);
            return true;
        }
        return false;
    }

    private long LowestNamed(string stream, StoredSegment segment) =>
        Unpacked(stream, segment) is { } line && FactsOf(line.Line)?.Body is LossGap gap ? gap.Low : segment.Sequence;

    /// <summary>Drops files of delivered segments: those over age, and while the store is over its size the oldest.</summary>
    private void DropNeedsWriting()
    {
        while (true)
        {
            (SegmentShelf Shelf, string Name)? leaves = null;
            lock (_gate)
            {
                var isOver = BytesNeedsGate() > _settings.MaxBytes;
                foreach (var state in Streams.InOrderOfUrgency.Reverse().Select(stream => _streams[stream]))
                    foreach (var span in isOver ? state.Shelf.Spans(_running.Seconds) : OverAgeNeedsGate(state))
                        if (leaves is null && span.Last >= span.First && state.IsDelivered(span.First, span.Last)) leaves = (state.Shelf, span.Name);
                // What the cursors know may leave only once the journal knows it as well.
                if (leaves is not null && _streams.Values.Any(state => state.IsDirty)) return;
            }
            if (leaves is null) return;
            leaves.Value.Shelf.Drop(leaves.Value.Name);
        }
    }

    private IEnumerable<SegmentSpan> OverAgeNeedsGate(StreamState state) =>
        state.Shelf.Spans(_running.Seconds).Where(span => span.ClosedFor > (long)_settings.Retention.TotalSeconds);

    private long BytesNeedsGate() => _streams.Values.Sum(state => state.Shelf.Bytes + state.UnsettledBytes);

    /// <summary>
    /// What of a file would leave undelivered, to be named: nothing that was delivered, as far as the ranges are few. Gap records among them take with them what they named,
    /// or nobody would name that any more.
    /// </summary>
    private List<Eviction> NamedNeedsGate(StreamState state, SegmentSpan span)
    {
        var ranges = state.Undelivered(span.First, span.Last).Take(MostRangesPerFile + 1).ToList();
        if (ranges.Count > MostRangesPerFile) ranges = [new NumberRange(ranges[0].Low, span.Last)];
        var gaps = state.Shelf.GapRecords(span.First, span.Last);
        var evictions = new List<Eviction>();
        foreach (var range in ranges)
        {
            var (high, hash) = HashUpTo(state, range.High);
            var low = gaps.Where(gap => gap.Sequence >= range.Low && gap.Sequence <= range.High).Select(gap => gap.Low).Append(range.Low).Min();
            evictions.Add(new Eviction(state.Stream, low, high, hash));
        }
        return evictions;
    }

    /// <summary>
    /// The hash that a gap record up to <paramref name="high"/> names. If that segment is damaged, it is not the one that lies beside the damage, but the one that the
    /// next sound segment was sealed after: the range reaches up to there.
    /// </summary>
    private (long High, ChainHash Hash) HashUpTo(StreamState state, long high)
    {
        if (Sound(state, high) is { } segment) return (high, segment.Hash);
        StreamTail tail;
        lock (_gate) tail = state.Tail;
        for (; high < tail.Sequence; high++)
            if (Sound(state, high + 1) is { } next && FactsOf(next.Line) is { } facts) return (high, facts.Previous);
        return (tail.Sequence, tail.Hash);
    }

    /// <summary>Never published, named in a gap record, out of the way of the rest.</summary>
    private void TakeNoteOfDamage(StreamState state, long low)
    {
        var (high, hash) = HashUpTo(state, low);
        lock (_gate)
        {
            if (state.Damaged.TryFind(low, out _)) return;
            _damage.Add(new Eviction(state.Stream, low, high, hash));
            state.Damaged.Add(new NumberRange(low, high));
        }
    }

    /// <summary>What is still kept of a range: in files, and in the journal.</summary>
    private IEnumerable<NumberRange> KeptRanges(StreamState state, long low, long high)
    {
        List<NumberRange> kept;
        lock (_gate)
        {
            kept = [.. state.Shelf.Spans(_running.Seconds).Select(span => new NumberRange(span.First, span.Last))];
            if (state.FirstHeld is { } held) kept.Add(new NumberRange(held, state.Tail.Sequence));
        }
        return kept.Select(range => new NumberRange(Math.Max(range.Low, low), Math.Min(range.High, high))).Where(range => range.Low <= range.High);
    }

    private StoredSegment? Look(StreamState state, long sequence)
    {
        lock (_gate)
            if (state.Held(sequence) is { } held) return held;
        return state.Shelf.Find(sequence);
    }

    /// <summary>The segment, or null if it is not what was stored: bit rot (LiteDB's pages carry no checksum) or lost.</summary>
    private Segment? Sound(StreamState state, long sequence) => Look(state, sequence) is { } stored && stored.Sequence == sequence ? Unpacked(state.Stream, stored) : null;

    private Segment? Unpacked(string stream, StoredSegment stored)
    {
        if (_compression.Unpack(stored.Packed) is not { } line || ChainHash.Of(Envelope.PayloadOf(line)) != stored.Hash) return null;
        return new Segment { Stream = stream, Sequence = stored.Sequence, Hash = stored.Hash, T0 = stored.T0, T1 = stored.T1, Readings = stored.Readings, Line = line };
    }

    private PayloadFacts? FactsOf(byte[] line)
    {
        lock (_parsing) return _parser.TryParse(Envelope.PayloadOf(line).ToArray(), out _);
    }

    private long? TimeOfNeedsGate(StreamState state, long sequence)
    {
        if (state.OldestPending.Sequence == sequence) return state.OldestPending.TimeMs;
        try
        {
            if (Look(state, sequence) is not { } stored) return null;
            state.OldestPending = (sequence, stored.T0);
            return stored.T0;
        }
        catch (IOException)
        {
            return null; // unknown just now; who reads it to send it says what is wrong
        }
    }
}
