using System.Collections.Concurrent;
using EdgeGateway.Evidence;

namespace EdgeGateway.Outbox;

/// <summary>What lies in the store's folder, opened: the journal, the segment files and what follows from both.</summary>
internal sealed record OpenedStore
{
    public required Journal Journal { get; init; }

    /// <summary>What the newest entry (or the mark behind it) says; null in a store that is made anew.</summary>
    public required OutboxHead? Head { get; init; }

    public required IReadOnlyDictionary<string, StreamState> Streams { get; init; }

    public required RunningClock Running { get; init; }

    public required long Epoch { get; init; }

    /// <summary>The epoch before, where this one has just begun; null otherwise.</summary>
    public long? EpochBefore { get; init; }

    /// <summary>What is known of the boot before this one.</summary>
    public PreviousBoot Previous => Head switch
    {
        null => new PreviousBoot("", true, 0, "", EpochBefore),
        { Boot: null } => new PreviousBoot("", true, 0, "", Epoch > 1 ? Epoch - 1 : null),
        { Boot: { } boot } => new PreviousBoot(boot.Boot, boot.Stopped, Math.Max(boot.StartedMs, Streams[Evidence.Streams.Readings].TailT1), boot.ConfigHash, null),
    };

    /// <summary>Opens what the last run left, or begins anew if it may.</summary>
    /// <exception cref="IOException">The disk refuses, or another process holds the store.</exception>
    /// <exception cref="OutboxException">Another version of the program wrote it, nobody knows which epoch would be new, or it would have to begin anew and may not.</exception>
    public static OpenedStore OpenOrBegin(IStoreFolder folder, OutboxLimits limits, StoredLines lines, TimeProvider time, ConcurrentQueue<string> news, bool mayBegin)
    {
        if (folder.List().Contains("segments.db"))
            throw new OutboxException($"the store in {folder.Path} was written by an older program (segments.db): let that one deliver it, then move segments.db and segments-log.db away and start again; a new epoch will begin");
        var epochs = new EpochFile(folder);
        OpenedStore store;
        try
        {
            store = Open(folder, limits, lines, time, news, epochIfNew: 0);
        }
        catch (JournalLostException e)
        {
            if (!mayBegin) throw new OutboxException($"the store in {folder.Path} cannot be continued ({e.Message}); its files are left as they are", e);
            return Begin(folder, limits, lines, time, news, epochs, e.Message);
        }
        if (store.Head is null)
        {
            store.Close();
            if (!mayBegin) throw new OutboxException($"there is nothing in the store in {folder.Path}");
            return Begin(folder, limits, lines, time, news, epochs, lost: null);
        }
        // Should this store be lost, its epoch must not come again.
        if (!IsKnown(epochs, store.Epoch)) epochs.Write(store.Epoch);
        return store;
    }

    /// <summary>Opens the folder.</summary>
    /// <param name="folder">Where the store is.</param>
    /// <param name="limits">How large its files get.</param>
    /// <param name="lines">Reads what is stored.</param>
    /// <param name="time">Clock.</param>
    /// <param name="news">Where it says what was set aside.</param>
    /// <param name="epochIfNew">The epoch of the store, should there be nothing in the journal yet.</param>
    /// <param name="shelves">Where only the journal is opened again: the segment files look after themselves.</param>
    /// <exception cref="IOException">The disk refuses, or another process holds the store.</exception>
    /// <exception cref="JournalLostException">The store cannot be continued.</exception>
    /// <exception cref="OutboxException">A newer program wrote it.</exception>
    public static OpenedStore Open(IStoreFolder folder, OutboxLimits limits, StoredLines lines, TimeProvider time, ConcurrentQueue<string> news, long epochIfNew, IReadOnlyDictionary<string, StreamState>? shelves = null)
    {
        var journal = Journal.Open(folder, limits.JournalBytes, out var frames);
        var streams = new Dictionary<string, StreamState>();
        try
        {
            var entries = frames.Where(frame => frame.Kind == JournalFrameKind.Entry).Select(frame => (frame.Lap, Entry: OutboxEntry.Decode(frame.Content))).ToList();
            var head = NewestHead(frames);
            var running = new RunningClock(time, head?.RunningSeconds ?? 0);
            foreach (var stream in Evidence.Streams.InOrderOfUrgency)
                streams[stream] = new StreamState(stream, shelves?[stream].Shelf ?? SegmentShelf.Open(folder, stream, head?.Epoch ?? epochIfNew, head is null, MadeAt(entries, stream), running.Seconds, limits, news));
            if (head is not null) Restore(streams, head, entries, lines, journal.Lap);
            return new OpenedStore { Journal = journal, Head = head, Streams = streams, Running = running, Epoch = head?.Epoch ?? epochIfNew };
        }
        catch
        {
            journal.Dispose();
            if (shelves is null)
                foreach (var state in streams.Values) state.Shelf.Dispose();
            throw;
        }
    }

    public void Close()
    {
        foreach (var state in Streams.Values) state.Shelf.Dispose();
        Journal.Dispose();
    }

    private static bool IsKnown(EpochFile epochs, long epoch)
    {
        try
        {
            return epochs.Read() >= epoch;
        }
        catch (OutboxException)
        {
            return false; // unreadable, but the store itself knows
        }
    }

    /// <summary>A new store. Files of one that cannot be continued are kept under other names: their numbers must not be used again.</summary>
    private static OpenedStore Begin(IStoreFolder folder, OutboxLimits limits, StoredLines lines, TimeProvider time, ConcurrentQueue<string> news, EpochFile epochs, string? lost)
    {
        var before = epochs.Read();
        if (folder.List().Any(IsOfSegments)) lost ??= "the journal is missing or holds nothing";
        if (lost is not null)
        {
            foreach (var name in folder.List().Where(name => IsOfSegments(name) || name.StartsWith("journal-", StringComparison.Ordinal)))
                SetAside.AsOfEpoch(folder, name, before ?? 0);
            news.Enqueue($"the store in {folder.Path} cannot be continued ({lost}): a new epoch begins; the old files are kept as lost-epoch-{before ?? 0}-…, what they hold and was not delivered is not sent any more");
            SetAside.Bound(folder, limits.SetAsideBytes, news);
        }
        var epoch = (before ?? 0) + 1;
        epochs.Write(epoch);
        return Open(folder, limits, lines, time, news, epoch) with { EpochBefore = before };
    }

    private static bool IsOfSegments(string name) => Evidence.Streams.InOrderOfUrgency.Any(stream => name.StartsWith(stream + "-", StringComparison.Ordinal));

    // The mark counts where the entry it stands behind cannot be read any more.
    private static OutboxHead? NewestHead(IReadOnlyList<JournalFrame> frames)
    {
        var entry = frames.LastOrDefault(frame => frame.Kind == JournalFrameKind.Entry);
        var mark = frames.LastOrDefault(frame => frame is { Kind: JournalFrameKind.Mark, Content.Length: > 0 });
        if (frames.Count > 0 && frames[^1].Number > Math.Max(entry.Number, mark.Number)) throw new JournalLostException($"entry {frames[^1].Number} of the journal is missing, and nothing says what it held");
        if (mark.Kind == JournalFrameKind.Mark && mark.Number > entry.Number) return OutboxEntry.DecodeMark(mark.Content);
        return entry.Kind == JournalFrameKind.Entry ? OutboxEntry.Decode(entry.Content).Head : null;
    }

    private static Dictionary<long, long> MadeAt(List<(long Lap, OutboxEntry Entry)> entries, string stream)
    {
        var madeAt = new Dictionary<long, long>();
        foreach (var (_, entry) in entries)
            foreach (var (name, at) in entry.Files)
                if (SegmentFile.Parse(name, stream) is { } file) madeAt[file.First] = at;
        return madeAt;
    }

    private static void Restore(Dictionary<string, StreamState> streams, OutboxHead head, List<(long Lap, OutboxEntry Entry)> entries, StoredLines lines, long newestLap)
    {
        var isOlder = true;
        foreach (var (lap, entry) in entries)
        {
            if (isOlder && lap == newestLap) EndLap();
            foreach (var cursor in entry.Cursors)
                if (streams.TryGetValue(cursor.Stream, out var state)) state.Restore(cursor);
            foreach (var (stream, segment) in entry.Segments)
            {
                if (!streams.TryGetValue(stream, out var state)) continue;
                // The second time it has its signatures.
                if (segment.Sequence > state.Shelf.Last && !state.Held.Replace(segment)) state.Held.Add(segment);
                state.Remember(segment.Sequence, lines.LowestNamed(segment));
            }
        }
        if (isOlder) EndLap();
        foreach (var (stream, tail, t1, signed) in head.Tails)
            if (streams.TryGetValue(stream, out var state)) (state.Tail, state.TailT1, state.Signed) = (tail, t1, signed);

        void EndLap()
        {
            foreach (var state in streams.Values) state.Held.EndLap();
            isOlder = false;
        }
    }
}
