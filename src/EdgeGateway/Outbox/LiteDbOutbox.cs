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
                    undelivered += Math.Max(0, state.Cursor.Pending(state.Tail.Sequence) - state.Quarantined.Count);
                    quarantined += state.Quarantined.Count;
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

    public Eviction? Evicts(int bytes)
    {
        lock (_gate)
        {
            ReopenIfBrokenNeedsGate();
            if (_bytes + bytes <= _settings.MaxBytes) return null;
            // Room comes from delivered segments first; Append drops those without a word, they have arrived.
            foreach (var stream in Streams.InOrderOfUrgency.Reverse())
            {
                var state = State(stream);
                var first = FirstStoredNeedsGate(state);
                if (first is { } delivered && state.Cursor.Contains(delivered)) return null;
            }
            // Nothing delivered is left: the oldest readings go, events only when there are no readings.
            foreach (var stream in Streams.InOrderOfUrgency.Reverse())
            {
                var state = State(stream);
                if (FirstStoredNeedsGate(state) is not { } low) continue;
                var (high, hash) = RangeToFreeNeedsGate(state, low, bytes + _settings.MaxBytes / 100);
                return new Eviction(stream, low, high, hash);
            }
            return null;
        }
    }

    public void Append(IReadOnlyList<Segment> segments, Eviction? eviction, BootMark? boot)
    {
        lock (_gate)
        {
            ReopenIfBrokenNeedsGate();
            var fresh = segments.Where(segment => !IsStoredNeedsGate(segment)).ToList();
            foreach (var byStream in fresh.GroupBy(segment => segment.Stream))
            {
                var expected = State(byStream.Key).Tail.Sequence + 1;
                foreach (var segment in byStream)
                    if (segment.Sequence != expected++)
                        throw new InvalidOperationException($"stream {segment.Stream}: sequence {segment.Sequence} does not follow {expected - 2}");
            }
            _store.Commit(() => WriteNeedsGate(fresh, eviction, boot));
            foreach (var segment in fresh) State(segment.Stream).Tail = new StreamTail(segment.Sequence, segment.Hash);
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
                if (state.Quarantined.Contains(at)) continue;
                if (LoadVerifiedNeedsGate(state, at) is { } segment) found.Add(segment);
            }
            return found;
        }
    }

    public void Acknowledge(string stream, long sequence)
    {
        lock (_gate) State(stream).Cursor.Add(sequence, sequence);
    }

    public void Unacknowledge(string stream, long sequence)
    {
        lock (_gate)
        {
            // Delivered segments may have left the store since: looked for later, they would be taken for damaged.
            if (!_store.IsBroken && _store.FindById(stream, sequence) is null) return;
            State(stream).Cursor.Remove(sequence);
        }
    }

    public void Quarantine(string stream, long sequence)
    {
        lock (_gate)
        {
            State(stream).Quarantined.Add(sequence);
            State(stream).QuarantineDirty = true;
        }
    }

    public IReadOnlyList<Eviction> TakeDamage()
    {
        lock (_gate)
        {
            var taken = _damage.ToArray();
            _damage.Clear();
            return taken;
        }
    }

    public async ValueTask WaitForAppendAsync(CancellationToken cancellationToken) => await _appended.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);

    public void Dispose()
    {
        lock (_gate)
        {
            if (!_store.IsBroken) _store.Commit(() => SaveCursorsNeedsGate(force: true));
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
        _bytes = store?["bytes"].AsInt64 ?? 0;
        foreach (var stream in Streams.InOrderOfUrgency)
        {
            var saved = _store.FindById(Cursors, stream);
            var state = new StreamState(stream, new DeliveryCursor(saved is null ? [] : saved["ranges"].AsArray.Select(value => value.AsInt64)));
            foreach (var value in saved?["quarantined"].AsArray ?? []) state.Quarantined.Add(value.AsInt64);
            var newest = _store.Last(stream);
            var tail = newest is null ? default : new StreamTail(newest["_id"].AsInt64, ChainHash.FromBytes(newest["h"].AsBinary));
            // Everything may have left by retention: the tail itself is remembered beside it.
            if (saved is not null && saved["tail"].AsInt64 > tail.Sequence)
                tail = new StreamTail(saved["tail"].AsInt64, ChainHash.FromBytes(saved["tailHash"].AsBinary));
            state.Tail = tail;
            _streams[stream] = state;
        }
    }

    private (long Epoch, PreviousBoot Previous) ReadOrStartEpoch()
    {
        var store = _store.FindById(Meta, "store");
        var boot = _store.FindById(Meta, "boot");
        if (store is not null)
        {
            var epoch = store["epoch"].AsInt64;
            if (boot is null) return (epoch, new PreviousBoot("", true, 0, "", epoch > 1 ? epoch - 1 : null));
            var newest = _store.Last(Streams.Readings);
            var last = Math.Max(boot["started"].AsInt64, newest?["t1"].AsInt64 ?? 0);
            return (epoch, new PreviousBoot(boot["boot"].AsString, boot["stopped"].AsBoolean, last, boot["cf"].AsString, null));
        }

        // A new store. The epoch file stands beside it so that a store that was lost or moved away is never mistaken for its successor.
        long? before = File.Exists(EpochFile) && long.TryParse(File.ReadAllText(EpochFile), CultureInfo.InvariantCulture, out var number) ? number : null;
        var next = (before ?? 0) + 1;
        WriteEpochFile(next);
        _store.Commit(() => _store.Upsert(Meta, new BsonDocument { ["_id"] = "store", ["format"] = FormatVersion, ["epoch"] = next, ["bytes"] = 0L }));
        return (next, new PreviousBoot("", true, 0, "", before));
    }

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

    private void WriteNeedsGate(List<Segment> segments, Eviction? eviction, BootMark? boot)
    {
        var bytes = _bytes;
        if (eviction is not null)
        {
            bytes -= DropNeedsGate(eviction.Stream, eviction.Low, eviction.High);
            var evicted = State(eviction.Stream);
            evicted.Cursor.Add(eviction.Low, eviction.High);
            evicted.QuarantineDirty |= evicted.Quarantined.RemoveWhere(sequence => sequence >= eviction.Low && sequence <= eviction.High) > 0;
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
        _store.Upsert(Meta, new BsonDocument { ["_id"] = "store", ["format"] = FormatVersion, ["epoch"] = Epoch, ["bytes"] = bytes });
        if (boot is not null)
            _store.Upsert(Meta, new BsonDocument { ["_id"] = "boot", ["boot"] = boot.Boot, ["stopped"] = boot.Stopped, ["started"] = boot.StartedMs, ["cf"] = boot.ConfigHash });
        _bytes = bytes;
    }

    /// <summary>Drops delivered segments that are over age, or the oldest ones while the store is over its size; returns the bytes freed.</summary>
    private long PruneNeedsGate(long bytes)
    {
        var freed = 0L;
        var tooOld = _time.GetUtcNow().ToUnixTimeMilliseconds() - (long)_settings.Retention.TotalMilliseconds;
        foreach (var stream in Streams.InOrderOfUrgency.Reverse())
        {
            var state = State(stream);
            for (var i = 0; i < PruneBatch; i++)
            {
                if (FirstStoredNeedsGate(state) is not { } first || !state.Cursor.Contains(first)) break;
                var document = _store.FindById(stream, first)!; // just found
                if (document["t1"].AsInt64 >= tooOld && bytes - freed <= _settings.MaxBytes) break;
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
        for (var at = low; at <= high; at++)
        {
            if (_store.FindById(stream, at) is not { } document) continue;
            freed += document["z"].AsBinary.Length;
            _store.Delete(stream, at);
        }
        State(stream).FirstStored = null;
        return freed;
    }

    private (long High, ChainHash Hash) RangeToFreeNeedsGate(StreamState state, long low, long wanted)
    {
        var high = low;
        var hash = ChainHash.Zero;
        for (var at = low; at <= state.Tail.Sequence && wanted > 0; at++)
        {
            if (_store.FindById(state.Stream, at) is not { } document) continue;
            wanted -= document["z"].AsBinary.Length;
            (high, hash) = (at, ChainHash.FromBytes(document["h"].AsBinary));
        }
        return (high, hash);
    }

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
                ["quarantined"] = new BsonArray(state.Quarantined.Select(sequence => new BsonValue(sequence))),
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

    private Segment? LoadVerifiedNeedsGate(StreamState state, long sequence)
    {
        var document = _store.FindById(state.Stream, sequence);
        var line = document is null ? null : _compression.Unpack(document["z"].AsBinary);
        if (document is not null && line is not null)
        {
            var stored = ChainHash.FromBytes(document["h"].AsBinary);
            if (ChainHash.Of(Envelope.PayloadOf(line)) == stored)
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
        // Bit rot (pages carry no checksum) or a lost document: never published, named in a gap record, out of the way of the rest.
        var hash = document is null ? ChainHash.Zero : ChainHash.FromBytes(document["h"].AsBinary);
        _damage.Add(new Eviction(state.Stream, sequence, sequence, hash));
        _damaged++;
        state.Cursor.Add(sequence, sequence);
        return null;
    }

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
        _streams.Clear();
        Load();
    }
}
