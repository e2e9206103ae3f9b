using System.Collections.Concurrent;

namespace EdgeGateway.Outbox;

/// <summary>
/// The segment files of one stream, oldest first: the newest is filled, the others are only read and leave one by one. A file that cannot be opened or read is set
/// aside under another name, and the rest goes on without it. Thread-safe.
/// </summary>
internal sealed class SegmentShelf : IDisposable
{
    private const int ReadsBeforeDamage = 3;
    private const int MostUnreadable = 100_000;

    private readonly Lock _gate = new();
    private readonly IStoreFolder _folder;
    private readonly string _stream;
    private readonly long _epoch;
    private readonly OutboxLimits _limits;
    private readonly List<SegmentFile> _files = [];
    private readonly ConcurrentQueue<string> _news;
    private readonly Dictionary<long, int> _unreadable = [];
    private SegmentFile? _read;

    private SegmentShelf(IStoreFolder folder, string stream, long epoch, OutboxLimits limits, ConcurrentQueue<string> news) =>
        (_folder, _stream, _epoch, _limits, _news) = (folder, stream, epoch, limits, news);

    /// <summary>Finds the stream's files and opens the newest that can be opened; the others are opened when something in them is asked for.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="stream">Whose they are.</param>
    /// <param name="epoch">The store's.</param>
    /// <param name="isNew">The store is made anew: the shelf is empty, whatever lies in the folder.</param>
    /// <param name="madeAt">What is remembered of when files were made, by first sequence number; the others count as new.</param>
    /// <param name="now">Seconds of running time.</param>
    /// <param name="limits">How large a file gets.</param>
    /// <param name="news">Where it says what was set aside.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static SegmentShelf Open(IStoreFolder folder, string stream, long epoch, bool isNew, IReadOnlyDictionary<long, long> madeAt, long now, OutboxLimits limits, ConcurrentQueue<string> news)
    {
        var shelf = new SegmentShelf(folder, stream, epoch, limits, news);
        if (isNew) return shelf;
        try
        {
            foreach (var (first, last) in folder.List().Select(name => SegmentFile.Parse(name, stream)).OfType<(long First, long? Last)>().Order())
            {
                var file = new SegmentFile(folder, stream, epoch, first, last) { MadeAt = madeAt.GetValueOrDefault(first, now) };
                file.Measure();
                if (file.Bytes > 0) shelf._files.Add(file);
                else shelf.DeleteNeedsGate(file); // begun, and nothing of it written
            }
            // Beside the newest, one that could not be completed has to be looked into as well: its name does not say where it ends.
            foreach (var file in shelf._files.ToList())
                if (!file.IsFinished || file == shelf._files[^1]) shelf.TryOpenNeedsGate(file);
        }
        catch
        {
            shelf.Dispose();
            throw;
        }
        return shelf;
    }

    /// <summary>The newest sequence number in the files; 0 if there is none.</summary>
    public long Last
    {
        get
        {
            lock (_gate) return _files.Count == 0 ? 0 : _files[^1].Last;
        }
    }

    /// <summary>Bytes of all files.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate) return _files.Sum(file => file.Bytes);
        }
    }

    /// <summary>The files, oldest first: what each spans, its length, and for how many seconds of running time it has been closed.</summary>
    public IReadOnlyList<SegmentSpan> Spans(long now)
    {
        lock (_gate)
            return [.. _files.Select((file, i) => new SegmentSpan(file.Name, file.First, file.Last, file.Bytes, file.MadeAt, i + 1 < _files.Count ? now - _files[i + 1].MadeAt : 0))];
    }

    /// <summary>Stores segments; those not newer than <see cref="Last"/> are there already and are left out. Returns when they are on disk.</summary>
    /// <exception cref="IOException">The disk refuses; nothing or a part is stored. Add the same again.</exception>
    public void Add(IReadOnlyList<StoredSegment> segments, long now)
    {
        lock (_gate)
        {
            var file = FileToFillNeedsGate(segments[^1].Sequence, now);
            var last = _files.Count == 0 ? 0 : _files[^1].Last;
            var fresh = segments.Where(segment => segment.Sequence > last).ToList();
            if (fresh.Count == 0) return;
            try
            {
                file ??= NewFileNeedsGate(fresh[0].Sequence, now);
                file.Add(fresh);
            }
            catch (DamagedFileException e) when (file is not null)
            {
                // What it has can still be read, or will be missed when it is asked for; what is new goes elsewhere.
                file.Close();
                if (file.Last < file.First) SetAsideNeedsGate(file, e.Message);
                else _news.Enqueue($"{_folder.Path}: {file.Name} takes no more segments ({e.Message}); they go into a new file. Check the disk");
                AddToNewFileNeedsGate(fresh, now);
            }
        }
    }

    /// <summary>
    /// Puts segments in the place of those with their numbers. Returns when they are on disk; those that are not there any more, or whose page is damaged, are left out: whoever
    /// looks for them misses them.
    /// </summary>
    /// <exception cref="IOException">The disk refuses; nothing or a part is stored. Ask for the same again.</exception>
    public void Replace(IReadOnlyList<StoredSegment> segments)
    {
        lock (_gate)
        {
            foreach (var portion in segments.GroupBy(segment => FileWithNeedsGate(segment.Sequence)).ToList())
            {
                if (portion.Key is not { } file || !TryOpenNeedsGate(file)) continue;
                try
                {
                    file.Replace([.. portion]);
                }
                catch (DamagedFileException)
                {
                    file.Close(); // with the next question it is opened again, and what is damaged shows
                }
            }
        }
    }

    /// <summary>A segment; null if it is not there or cannot be read any more.</summary>
    /// <exception cref="IOException">The disk refuses, and may think better of it.</exception>
    public StoredSegment? Find(long sequence)
    {
        lock (_gate)
        {
            for (var attempt = 0; attempt < 2; attempt++)
            {
                if (FileWithNeedsGate(sequence) is not { } file || !TryOpenNeedsGate(file)) return null;
                try
                {
                    var found = file.Find(sequence);
                    _unreadable.Remove(sequence);
                    return found;
                }
                catch (DamagedFileException)
                {
                    file.Close(); // once more with a fresh view of it; after that the segment is lost, and the file's others may not be
                }
                catch (IOException) when (IsLostNeedsGate(file, sequence))
                {
                    return null;
                }
            }
            return null;
        }
    }

    /// <summary>Deletes a file; everything in it must be settled, on disk.</summary>
    /// <exception cref="IOException">The disk refuses; ask again.</exception>
    public void Drop(string name)
    {
        lock (_gate)
        {
            if (_files.Find(candidate => candidate.Name == name) is not { } file) return;
            file.Close();
            if (_read == file) _read = null;
            DeleteNeedsGate(file);
            _files.Remove(file);
        }
    }

    public void Dispose()
    {
        lock (_gate)
            foreach (var file in _files) file.Dispose();
    }

    // The log first: without its data file it means nothing, but beside a new one of the same name it would.
    private void DeleteNeedsGate(SegmentFile file)
    {
        _folder.Delete(file.LogName);
        _folder.Delete(file.Name);
    }

    private void AddToNewFileNeedsGate(List<StoredSegment> segments, long now)
    {
        if (_files.Count > 0 && _files[^1].First >= segments[0].Sequence) throw new IOException($"{_files[^1].Name}, made just now, is damaged already");
        try
        {
            NewFileNeedsGate(segments[0].Sequence, now).Add(segments);
        }
        catch (DamagedFileException e)
        {
            throw new IOException($"a segment file, made just now, is damaged already: {e.Message}", e);
        }
    }

    private SegmentFile NewFileNeedsGate(long first, long now)
    {
        var file = new SegmentFile(_folder, _stream, _epoch, first) { MadeAt = now };
        // It may be there, empty or half made, from a commit that was never finished; what belongs into it is still in our hands.
        DeleteNeedsGate(file);
        try
        {
            file.Open();
        }
        catch (DamagedFileException e)
        {
            throw new IOException($"{file.Name}, made just now, cannot be used: {e.Message}", e);
        }
        _files.Add(file);
        return file;
    }

    /// <summary>The newest file if there is room in it; null if a new one has to be made, or nothing was to be added.</summary>
    private SegmentFile? FileToFillNeedsGate(long newest, long now)
    {
        while (_files.Count > 0 && !TryOpenNeedsGate(_files[^1]))
        {
        }
        if (_files.Count == 0) return null;
        var file = _files[^1];
        if (file.Last >= newest || file.Last < file.First) return file;
        if (!file.IsFinished && file.Bytes < _limits.FileBytes && now - file.MadeAt < _limits.FileSeconds) return file;
        if (file.IsFinished) return null;
        try
        {
            file.Finish();
        }
        catch (DamagedFileException)
        {
            file.Close(); // what cannot be read of it will be missed when it is asked for
        }
        return null;
    }

    private SegmentFile? FileWithNeedsGate(long sequence)
    {
        for (var i = _files.Count - 1; i >= 0; i--)
            if (_files[i].First <= sequence) return sequence <= _files[i].Last ? _files[i] : null;
        return null;
    }

    /// <summary>Opens a file, and sets it aside if it cannot be. At most one file is open beside the newest.</summary>
    private bool TryOpenNeedsGate(SegmentFile file)
    {
        var isNewest = file == _files[^1];
        if (!isNewest && _read != file)
        {
            _read?.Close();
            _read = file;
        }
        if (file.IsOpen) return true;
        try
        {
            file.Open();
            return true;
        }
        catch (DamagedFileException e)
        {
            file.Close();
            SetAsideNeedsGate(file, e.Message);
            return false;
        }
    }

    /// <summary>Kept, because it is evidence, but under a name that nobody reads.</summary>
    private void SetAsideNeedsGate(SegmentFile file, string why)
    {
        var aside = SetAside.AsDamaged(_folder, file.Name);
        if (_folder.List().Contains(file.LogName)) SetAside.AsDamaged(_folder, file.LogName);
        _files.Remove(file);
        if (_read == file) _read = null;
        _news.Enqueue($"{_folder.Path}: {file.Name} cannot be read ({why}); it is kept as {aside}, and what was in it and not delivered will be named in a gap record");
        SetAside.Bound(_folder, _limits.SetAsideBytes, _news);
    }

    /// <summary>True if a segment's place cannot be read while the rest of its file can: a bad sector, not an absent disk.</summary>
    private bool IsLostNeedsGate(SegmentFile file, long sequence)
    {
        if (_unreadable.Count >= MostUnreadable) _unreadable.Clear();
        var times = _unreadable[sequence] = _unreadable.GetValueOrDefault(sequence) + 1;
        file.Close();
        return times >= ReadsBeforeDamage && TryOpenNeedsGate(file);
    }
}
