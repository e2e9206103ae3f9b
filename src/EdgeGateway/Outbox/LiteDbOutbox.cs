using System.Globalization;
using System.Threading.Channels;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using LiteDB;

namespace EdgeGateway.Outbox;

/// <summary>
/// Sealed segments in one LiteDB file, one document each, compressed; nothing is stored per reading. Every commit is on disk before the call
/// that made it returns (<see cref="DurableFiles"/>), and every line is checked against its hash before anyone gets it.
/// </summary>
internal sealed class LiteDbOutbox : IOutbox
{
    /// <summary>Version of what is in the file; a higher one is refused.</summary>
    public const int FormatVersion = 1;

    private const string Meta = "meta";
    private const string Cursors = "cursors";
    private const int PruneBatch = 500;

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly OutboxSettings _settings;
    private readonly TimeProvider _time;
    private readonly LineCompression _compression = new();
    private readonly Channel<bool> _appended = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<Eviction> _damage = [];
    private readonly Dictionary<string, StreamState> _streams = [];
    private readonly DurableEngine _store;
    private readonly PayloadParser _parser = new(keepsRows: false);
    private long _bytes;
    private long _damaged;

    private LiteDbOutbox(string folder, OutboxSettings settings, TimeProvider time, DurableEngine store)
    {
        _folder = folder;
        _settings = settings;
        _time = time;
        _store = store;
        Load();
        var (epoch, previous) = ReadOrStartEpoch();
        Epoch = epoch;
        Previous = previous;
    }

    public long Epoch { get; }

    public PreviousBoot Previous { get; }

    private string EpochFile => Path.Combine(_folder, "epoch");

    /// <summary>Opens or makes the store in <paramref name="folder"/>.</summary>
    /// <exception cref="OutboxException">It cannot be opened: in use, not writable, damaged or newer than this program; the message says what to do.</exception>
    public static LiteDbOutbox Open(string folder, OutboxSettings settings, TimeProvider time)
    {
        DurableEngine? store = null;
        try
        {
            Directory.CreateDirectory(folder);
            store = DurableEngine.Open(folder);
            return new LiteDbOutbox(folder, settings, time, store);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            store?.Dispose();
            throw OutboxException.CannotOpen(folder, e);
        }
        catch (Exception e) when (DurableEngine.IsDamage(e))
        {
            store?.Dispose();
            throw OutboxException.Damaged(folder, e);
        }
        catch (OutboxException)
        {
            store?.Dispose();
            throw;
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
                return new OutboxDepth(undelivered, oldest, _bytes, quarantined, _damaged);
            }
        }
    }

    public StreamTail Tail(string stream)
    {
        lock (_gate) return State(stream).Tail;
    }

    public long Command { get; private set; }

    public IReadOnlyList<Eviction> Evicts(int bytes) => EvictionFor(bytes) is { } eviction ? [eviction] : [];

    private Eviction? EvictionFor(int bytes)
    {
        lock (_gate)
        {
            ReopenIfBrokenNeedsGate();
            var excess = _bytes + bytes - _settings.MaxBytes;
            if (excess <= 0)
            {
                // What was refused for good leaves by age as well, but never unnamed; until it does, nothing behind it leaves by age.
                foreach (var state in _streams.Values)
                    if (FirstStoredNeedsGate(state) is { } refused && state.Quarantined.TryFind(refused, out _) && IsOverAgeNeedsGate(state, refused))
                        return RangeToFreeNeedsGate(state, refused, 1);
                return null;
            }
            // Room comes from delivered segments first; Append drops those without a word, they have arrived.
            foreach (var state in _streams.Values)
                if (FirstStoredNeedsGate(state) is { } delivered && state.IsDelivered(delivered)) return null;
            // Nothing delivered is left in front: the oldest readings go, events only when there are no readings.
            foreach (var stream in Streams.InOrderOfUrgency.Reverse())
                if (FirstStoredNeedsGate(State(stream)) is { } low) return RangeToFreeNeedsGate(State(stream), low, excess + _settings.MaxBytes / 100);
            return null;
        }
    }

    public void Append(OutboxCommit commit)
    {
        lock (_gate)
        {
            ReopenIfBrokenNeedsGate();
            var fresh = commit.Segments.Where(segment => !IsStoredNeedsGate(segment)).ToList();
            foreach (var byStream in fresh.GroupBy(segment => segment.Stream))
            {
                var expected = State(byStream.Key).Tail.Sequence + 1;
                foreach (var segment in byStream)
                    if (segment.Sequence != expected++)
                        throw new InvalidOperationException($"stream {segment.Stream}: sequence {segment.Sequence} does not follow {expected - 2}");
            }
            _store.Commit(() => WriteNeedsGate(fresh, commit));
            foreach (var segment in fresh) State(segment.Stream).Tail = new StreamTail(segment.Sequence, segment.Hash);
            Command = commit.Command ?? Command;
        }
        _appended.Writer.TryWrite(true);
    }

    public IReadOnlyList<Segment> Pending(string stream, long from, long to, int limit)
    {
        lock (_gate)
        {
            ReopenIfBrokenNeedsGate();
            var state = State(stream);
            var found = new List<Segment>(limit);
            var last = Math.Min(to, state.Tail.Sequence);
            for (var at = state.Cursor.NextPending(from); at <= last && found.Count < limit; at = state.Cursor.NextPending(at + 1))
            {
                if (state.Damaged.TryFind(at, out _)) continue;
                if (LoadVerifiedNeedsGate(state, at) is { } segment) found.Add(segment);
                else TakeNoteOfDamageNeedsGate(state, at);
            }
            return found;
        }
    }

    public void Acknowledge(string stream, long sequence)
    {
        lock (_gate) State(stream).Cursor.Add(sequence, sequence);
    }

    public IReadOnlyList<Segment> Stored(string stream, long from, long to, int limit)
    {
        lock (_gate)
        {
            ReopenIfBrokenNeedsGate();
            var found = new List<Segment>(limit);
            for (var at = Math.Max(from, FirstStoredNeedsGate(State(stream)) ?? long.MaxValue); at <= Math.Min(to, State(stream).Tail.Sequence) && found.Count < limit; at++)
                if (LoadVerifiedNeedsGate(State(stream), at) is { } segment) found.Add(segment);
            return found;
        }
    }

    public long SendAgain(string stream, long low, long high)
    {
        lock (_gate)
        {
            // Taken back from a cursor that is about to be read from disk again, it would stay delivered.
            ReopenIfBrokenNeedsGate();
            var taken = 0L;
            for (var sequence = low; sequence <= Math.Min(high, State(stream).Tail.Sequence); sequence++)
            {
                // Delivered segments may have left the store since: looked for later, they would be taken for damaged.
                if (!State(stream).IsDelivered(sequence) || _store.FindById(stream, sequence) is null) continue;
                State(stream).Cursor.Remove(sequence);
                taken++;
            }
            return taken;
        }
    }

    public void Quarantine(string stream, long sequence)
    {
        lock (_gate)
        {
            var state = State(stream);
            state.Cursor.Add(sequence, sequence); // settled, or each refusal would cost the cursor a range
            state.Quarantined.Add(new NumberRange(sequence, sequence));
            state.QuarantineDirty = true;
        }
    }

    public IReadOnlyList<Eviction> TakeDamage()
    {
        lock (_gate)
        {
            var taken = _damage.ToArray();
            // Settled from here on: the cursor goes to disk in the commit that brings the gap record, not before.
            foreach (var lost in taken) State(lost.Stream).Cursor.Add(lost.Low, lost.High);
            _damage.Clear();
            return taken;
        }
    }

    public async ValueTask WaitForAppendAsync(CancellationToken cancellationToken) => await _appended.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);

    public void Dispose()
    {
        lock (_gate)
        {
            try
            {
                if (!_store.IsBroken) _store.Commit(() => SaveCursorsNeedsGate(force: true));
            }
            catch (IOException)
            {
                // Only acknowledgements were to be saved: they are sent again after the next start, and the receiver drops the repeats.
            }
            _store.Dispose();
            _compression.Dispose();
        }
    }

    private StreamState State(string stream)
    {
        if (!_streams.TryGetValue(stream, out var state)) _streams[stream] = state = new StreamState(stream, new DeliveryCursor([]));
        return state;
    }

    /// <summary>Reads what is remembered from the last run: tails, cursors, sizes.</summary>
    private void Load()
    {
        var store = _store.FindById(Meta, "store");
        if (store is not null && store["format"].AsInt32 > FormatVersion)
            throw new OutboxException($"{_folder} was written by a newer program (format {store["format"].AsInt32}, this one knows {FormatVersion}): install that version again");
        var loaded = new List<StreamState>();
        foreach (var stream in Streams.InOrderOfUrgency)
        {
            var saved = _store.FindById(Cursors, stream);
            var state = new StreamState(stream, new DeliveryCursor(saved is null ? [] : saved["ranges"].AsArray.Select(value => value.AsInt64)));
            var refused = saved?["quarantined"].AsArray.Select(value => value.AsInt64).ToArray() ?? [];
            for (var i = 0; i + 1 < refused.Length; i += 2) state.Quarantined.Add(new NumberRange(refused[i], refused[i + 1]));
            var newest = _store.Last(stream);
            var tail = newest is null ? default : new StreamTail(newest["_id"].AsInt64, ChainHash.FromBytes(newest["h"].AsBinary));
            // Everything may have left by retention, or the newest be damaged: the tail itself is remembered beside it.
            if (saved is not null && (saved["tail"].AsInt64 > tail.Sequence || LoadVerifiedNeedsGate(state, tail.Sequence) is null))
                tail = new StreamTail(saved["tail"].AsInt64, ChainHash.FromBytes(saved["tailHash"].AsBinary));
            state.Tail = tail;
            loaded.Add(state);
        }
        // All or nothing: a store that breaks half-way through must not look like one with an empty stream.
        _bytes = store?["bytes"].AsInt64 ?? 0;
        Command = store?["command"] is { IsInt64: true } command ? command.AsInt64 : 0;
        _damage.Clear(); // found again when it is read again
        foreach (var state in loaded) _streams[state.Stream] = state;
    }

    private (long Epoch, PreviousBoot Previous) ReadOrStartEpoch()
    {
        var store = _store.FindById(Meta, "store");
        var boot = _store.FindById(Meta, "boot");
        if (store is not null)
        {
            var epoch = store["epoch"].AsInt64;
            // Should this store be lost, its epoch must not come again.
            if (!File.Exists(EpochFile) || ReadEpochFile() < epoch) WriteEpochFile(epoch);
            if (boot is null) return (epoch, new PreviousBoot("", true, 0, "", epoch > 1 ? epoch - 1 : null));
            var newest = _store.Last(Streams.Readings);
            var last = Math.Max(boot["started"].AsInt64, newest?["t1"].AsInt64 ?? 0);
            return (epoch, new PreviousBoot(boot["boot"].AsString, boot["stopped"].AsBoolean, last, boot["cf"].AsString, null));
        }

        // A new store. The epoch file stands beside it so that a store that was lost or moved away is never mistaken for its successor.
        long? before = File.Exists(EpochFile) ? ReadEpochFile() : null;
        var next = (before ?? 0) + 1;
        WriteEpochFile(next);
        _store.Commit(() => _store.Upsert(Meta, new BsonDocument { ["_id"] = "store", ["format"] = FormatVersion, ["epoch"] = next, ["bytes"] = 0L }));
        return (next, new PreviousBoot("", true, 0, "", before));
    }

    private long ReadEpochFile() =>
        long.TryParse(File.ReadAllText(EpochFile), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) && epoch > 0
            ? epoch
            // To begin at 1 again would use sequence numbers twice, which the receiver takes for a forgery.
            : throw new OutboxException($"{EpochFile} does not hold a number: write the newest epoch the receiver knows of this gateway into it (at least 1), then start again");

    private void WriteEpochFile(long epoch)
    {
        var unfinished = EpochFile + ".new";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(epoch.ToString(CultureInfo.InvariantCulture)));
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, EpochFile, overwrite: true);
    }

    private void WriteNeedsGate(List<Segment> segments, OutboxCommit commit)
    {
        var bytes = _bytes;
        foreach (var eviction in commit.Evictions)
        {
            bytes -= DropNeedsGate(eviction.Stream, eviction.Low, eviction.High);
            var evicted = State(eviction.Stream);
            evicted.Cursor.Add(eviction.Low, eviction.High);
            evicted.QuarantineDirty |= evicted.Quarantined.Ranges.Count > 0;
            evicted.Quarantined.RemoveAll(new NumberRange(eviction.Low, eviction.High));
        }
        foreach (var segment in segments)
        {
            var packed = _compression.Pack(segment.Line);
            _store.Insert(segment.Stream, new BsonDocument
            {
                ["_id"] = segment.Sequence,
                ["h"] = segment.Hash.ToBytes(),
                ["t0"] = segment.T0,
                ["t1"] = segment.T1,
                ["n"] = segment.Readings,
                ["z"] = packed,
            });
            bytes += packed.Length;
        }
        bytes -= PruneNeedsGate(bytes);
        foreach (var stream in segments.Select(segment => segment.Stream).Distinct()) State(stream).PendingTail = segments.Last(s => s.Stream == stream);
        SaveCursorsNeedsGate(force: false);
        _store.Upsert(Meta, new BsonDocument { ["_id"] = "store", ["format"] = FormatVersion, ["epoch"] = Epoch, ["bytes"] = bytes, ["command"] = commit.Command ?? Command });
        if (commit.Boot is { } boot)
            _store.Upsert(Meta, new BsonDocument { ["_id"] = "boot", ["boot"] = boot.Boot, ["stopped"] = boot.Stopped, ["started"] = boot.StartedMs, ["cf"] = boot.ConfigHash });
        _bytes = bytes;
    }

    /// <summary>Drops delivered segments that are over age, or the oldest ones while the store is over its size; returns the bytes freed.</summary>
    private long PruneNeedsGate(long bytes)
    {
        var freed = 0L;
        foreach (var stream in Streams.InOrderOfUrgency.Reverse())
        {
            var state = State(stream);
            for (var i = 0; i < PruneBatch; i++)
            {
                if (FirstStoredNeedsGate(state) is not { } first || !state.IsDelivered(first)) break;
                if (_store.FindById(stream, first) is not { } document) break;
                if (document["t1"].AsInt64 >= OverAge && bytes - freed <= _settings.MaxBytes) break;
                freed += document["z"].AsBinary.Length;
                _store.Delete(stream, first);
                state.FirstStored = null;
            }
        }
        return freed;
    }

    private long DropNeedsGate(string stream, long low, long high)
    {
        var freed = 0L;
        // The range may begin long before what is stored: it takes in what an earlier gap record named.
        for (var at = Math.Max(low, FirstStoredNeedsGate(State(stream)) ?? high + 1); at <= high; at++)
        {
            if (_store.FindById(stream, at) is not { } document) continue;
            freed += document["z"].AsBinary.Length;
            _store.Delete(stream, at);
        }
        State(stream).FirstStored = null;
        return freed;
    }

    /// <summary>
    /// From <paramref name="first"/> on, the oldest that free <paramref name="wanted"/> bytes, but nothing that was delivered: a gap record excuses
    /// whatever it names. Gap records among them take with them what they named, or nobody would name that any more.
    /// </summary>
    private Eviction RangeToFreeNeedsGate(StreamState state, long first, long wanted)
    {
        var (low, high, hash) = (first, first, ChainHash.Zero);
        for (var at = first; at <= state.Tail.Sequence && wanted > 0 && !state.IsDelivered(at); at++)
        {
            if (_store.FindById(state.Stream, at) is not { } document) continue;
            wanted -= document["z"].AsBinary.Length;
            (high, hash) = (at, ChainHash.FromBytes(document["h"].AsBinary));
            if (document["n"].AsInt32 == 0 && LineOf(document) is { } line && FactsOf(line)?.Body is LossGap gap) low = Math.Min(low, gap.Low);
        }
        return new Eviction(state.Stream, low, high, hash);
    }

    private long OverAge => _time.GetUtcNow().ToUnixTimeMilliseconds() - (long)_settings.Retention.TotalMilliseconds;

    private bool IsOverAgeNeedsGate(StreamState state, long sequence) =>
        _store.FindById(state.Stream, sequence) is { } document && document["t1"].AsInt64 < OverAge;

    private void SaveCursorsNeedsGate(bool force)
    {
        foreach (var state in _streams.Values)
        {
            if (!force && !state.Cursor.IsDirty && !state.QuarantineDirty && state.PendingTail is null) continue;
            var tail = state.PendingTail is { } segment ? new StreamTail(segment.Sequence, segment.Hash) : state.Tail;
            _store.Upsert(Cursors, new BsonDocument
            {
                ["_id"] = state.Stream,
                ["ranges"] = new BsonArray(state.Cursor.Save().Select(bound => new BsonValue(bound))),
                ["quarantined"] = new BsonArray(state.Quarantined.Ranges.SelectMany(range => new[] { new BsonValue(range.Low), new BsonValue(range.High) })),
                ["tail"] = tail.Sequence,
                ["tailHash"] = tail.Hash.ToBytes(),
            });
            state.QuarantineDirty = false;
            state.PendingTail = null;
        }
    }

    private bool IsStoredNeedsGate(Segment segment)
    {
        var tail = State(segment.Stream).Tail;
        if (segment.Sequence > tail.Sequence) return false;
        var stored = _store.FindById(segment.Stream, segment.Sequence);
        if (stored is not null && ChainHash.FromBytes(stored["h"].AsBinary) == segment.Hash) return true;
        throw new InvalidOperationException($"stream {segment.Stream}: sequence {segment.Sequence} is taken by another payload");
    }

    /// <summary>The segment, or null if it is not what was stored: bit rot (pages carry no checksum) or a lost document.</summary>
    private Segment? LoadVerifiedNeedsGate(StreamState state, long sequence)
    {
        if (_store.FindById(state.Stream, sequence) is not { } document || LineOf(document) is not { } line) return null;
        var stored = ChainHash.FromBytes(document["h"].AsBinary);
        if (ChainHash.Of(Envelope.PayloadOf(line)) != stored) return null;
        return new Segment
        {
            Stream = state.Stream,
            Sequence = sequence,
            Hash = stored,
            T0 = document["t0"].AsInt64,
            T1 = document["t1"].AsInt64,
            Readings = document["n"].AsInt32,
            Line = line,
        };
    }

    /// <summary>
    /// Never published, named in a gap record, out of the way of the rest. The hash that the record needs is not the one that lies beside the
    /// damage, but the one that the next sound segment was sealed after: the range reaches up to there.
    /// </summary>
    private void TakeNoteOfDamageNeedsGate(StreamState state, long low)
    {
        var high = low;
        var hash = state.Tail.Hash;
        for (; high < state.Tail.Sequence; high++)
        {
            if (LoadVerifiedNeedsGate(state, high + 1) is not { } next || FactsOf(next.Line) is not { } facts) continue;
            hash = facts.Previous;
            break;
        }
        _damage.Add(new Eviction(state.Stream, low, high, hash));
        _damaged += high - low + 1;
        state.Damaged.Add(new NumberRange(low, high));
    }

    private byte[]? LineOf(BsonDocument document) => _compression.Unpack(document["z"].AsBinary);

    private PayloadFacts? FactsOf(byte[] line) => _parser.TryParse(Envelope.PayloadOf(line).ToArray(), out _);

    private long? FirstStoredNeedsGate(StreamState state) => state.FirstStored ??= _store.First(state.Stream)?["_id"].AsInt64;

    private long? TimeOfNeedsGate(StreamState state, long sequence)
    {
        if (state.OldestPending.Sequence == sequence) return state.OldestPending.TimeMs;
        if (_store.IsBroken || _store.FindById(state.Stream, sequence) is not { } document) return null;
        state.OldestPending = (sequence, document["t0"].AsInt64);
        return state.OldestPending.TimeMs;
    }

    /// <summary>After an error the engine is in an unknown state: the files are opened again and what is on disk is what counts.</summary>
    private void ReopenIfBrokenNeedsGate()
    {
        if (!_store.IsBroken) return;
        _store.Reopen();
        Load();
    }
}
