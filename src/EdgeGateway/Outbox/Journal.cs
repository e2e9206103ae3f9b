using System.Buffers.Binary;

namespace EdgeGateway.Outbox;

/// <summary>
/// What was committed last, in two files that take turns ("laps"): an entry is on disk when <see cref="Append"/> returns, at the cost of one sync. The files are
/// written over in place and never grow, so a full disk does not stop a commit, and the sync has no file size to bring along. Before a file is written over,
/// what it holds has to be elsewhere: the owner says so by <see cref="StartLap"/>. Not thread-safe.
/// </summary>
internal sealed class Journal : IDisposable
{
    private static readonly string[] Names = ["journal-a", "journal-b"];

    private readonly IStoreFile[] _files;
    private byte[] _frame = new byte[64 * 1024];
    private int _current;
    private long _lap;
    private long _number;
    private long _position;

    private Journal(IStoreFile[] files) => _files = files;

    /// <summary>True after an error: what is on disk has to be read again before anything is appended.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Number of the lap that the current file holds; the other file holds the one before, until it is written over.</summary>
    public long Lap => _lap;

    /// <summary>How much of the current file is used, 0 to 1.</summary>
    public double Fill => _position / (double)Capacity;

    /// <summary>The longest content that fits an empty file, bytes, with as much again left for what is urgent.</summary>
    public int LongestContent => (int)(_files.Min(file => file.Length) / 2);

    private long Capacity => _files[_current].Length;

    /// <summary>Opens the two files, or makes them with <paramref name="capacity"/> bytes each, written with zeros: the room is really there.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="capacity">Bytes of one file, for files that are made now; a multiple of the sector.</param>
    /// <param name="frames">What is in them, by number: of at most two laps. An unreadable one is not among them. Empty in a journal that is new.</param>
    /// <exception cref="IOException">The disk refuses, or another process holds the files.</exception>
    /// <exception cref="JournalLostException">The files are damaged in a way that leaves open what was committed last.</exception>
    public static Journal Open(IStoreFolder folder, int capacity, out IReadOnlyList<JournalFrame> frames)
    {
        var files = new List<IStoreFile>();
        try
        {
            foreach (var name in Names) files.Add(folder.Open(name));
            var journal = new Journal([.. files]);
            frames = journal.Recover(capacity);
            return journal;
        }
        catch
        {
            foreach (var file in files) file.Dispose();
            throw;
        }
    }

    /// <summary>True if an entry with so much content fits the current file; the last part of a file is kept for what is urgent.</summary>
    public bool Fits(int content, bool isUrgent) =>
        _position + JournalFrame.LengthOf(content) + JournalFrame.Sector <= Capacity - (isUrgent ? 0 : Capacity / 8);

    /// <summary>The next entry goes to the start of the other file. All that the other file holds must be safe elsewhere.</summary>
    /// <exception cref="IOException">As for <see cref="Append"/>.</exception>
    public void StartLap() => Guarded(() =>
    {
        Begin(_current ^ 1, _lap + 1);
        // Said in both files: should one of them be lost, the other knows whether that was the newer one.
        Put(_current, JournalFrameKind.End, _lap, default, _position);
        _files[_current].FlushToDisk();
        _current ^= 1;
        _lap++;
        _position = JournalFrame.Sector;
    });

    /// <summary>Writes an entry that <see cref="Fits"/>. Returns when it is on disk.</summary>
    /// <param name="content">What it says.</param>
    /// <param name="mark">What is left to know should this very entry become unreadable; at most 3 KiB.</param>
    /// <exception cref="IOException">Whether it is on disk is unknown until the journal is opened again.</exception>
    public void Append(ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> mark)
    {
        Guarded(() =>
        {
            var length = Put(_current, JournalFrameKind.Entry, _lap, content, _position, number: _number + 1);
            _files[_current].FlushToDisk();
            _number++;
            _position += length;
            // Not waited for. An entry that is unreadable later and has a mark behind it was damaged; without one it may never have been committed.
            Put(_current, JournalFrameKind.Mark, _lap, mark, _position);
        });
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private void Guarded(Action io)
    {
        if (IsBroken) throw new InvalidOperationException("the journal has to be opened again first");
        try
        {
            io();
        }
        catch (IOException)
        {
            IsBroken = true;
            throw;
        }
    }

    private int Put(int file, JournalFrameKind kind, long lap, ReadOnlyMemory<byte> content, long at, long? number = null)
    {
        if (_frame.Length < JournalFrame.LengthOf(content.Length)) _frame = new byte[JournalFrame.LengthOf(content.Length) * 2];
        var length = new JournalFrame(lap, number ?? _number, kind, content).Write(_frame);
        _files[file].Write(_frame.AsSpan(0, length), at);
        return length;
    }

    private void Begin(int file, long lap)
    {
        var capacity = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(capacity, _files[file].Length);
        Put(file, JournalFrameKind.Begin, lap, capacity, 0);
        _files[file].FlushToDisk();
    }

    private IReadOnlyList<JournalFrame> Recover(int capacity)
    {
        var found = _files.Select(FramesOf).ToArray();
        if (found.All(frames => frames.Count == 0))
        {
            // Made with zeros, so that the room is really there; whoever owns the rest of the store knows whether it should have been new.
            foreach (var file in _files) FillWithZeros(file, capacity);
            _lap = 1;
            Begin(_current, _lap);
            _position = JournalFrame.Sector;
            return [];
        }
        _current = LapOf(found[1]) > LapOf(found[0]) ? 1 : 0;
        RefuseIfNewestIsMissing(found[_current]);
        FillWithZeros(_files[_current ^ 1], capacity);
        var (last, at) = found[_current].MaxBy(entry => (entry.Frame.Number, entry.At));
        _lap = last.Lap;
        _number = last.Number;
        _position = last.Kind == JournalFrameKind.Mark ? at : at + JournalFrame.LengthOf(last.Content.Length);
        Rewrite(last, at);
        SayThatItHasEnded(found[_current ^ 1]);
        return [.. found.SelectMany(frames => frames).Select(entry => entry.Frame).OrderBy(frame => frame.Number)];
    }

    /// <summary>A change of files that was cut short is completed: the older file says that there is a newer one.</summary>
    private void SayThatItHasEnded(List<(JournalFrame Frame, long At)> older)
    {
        if (LapOf(older) != _lap - 1 || older.Count == 0 || older.Any(entry => entry.Frame.Kind == JournalFrameKind.End)) return;
        var (last, at) = older.MaxBy(entry => (entry.Frame.Number, entry.At));
        var end = last.Kind == JournalFrameKind.Mark ? at : at + JournalFrame.LengthOf(last.Content.Length);
        if (end + JournalFrame.Sector > _files[_current ^ 1].Length) return;
        Put(_current ^ 1, JournalFrameKind.End, _lap - 1, default, end, last.Number);
        _files[_current ^ 1].FlushToDisk();
    }

    private static long LapOf(List<(JournalFrame Frame, long At)> frames) => frames.Count == 0 ? 0 : frames[0].Frame.Lap;

    private void RefuseIfNewestIsMissing(List<(JournalFrame Frame, long At)> newest)
    {
        var name = Names[_current];
        if (newest.Any(entry => entry.Frame.Kind == JournalFrameKind.End))
            throw new JournalLostException($"{name} says that {Names[_current ^ 1]} is the newer one, but nothing that new can be read there");
        if (newest.FirstOrDefault(entry => entry.Frame.Kind == JournalFrameKind.Begin).Frame is { Content.Length: sizeof(long) } begin
            && BinaryPrimitives.ReadInt64LittleEndian(begin.Content.Span) > _files[_current].Length)
            throw new JournalLostException($"{name} has {_files[_current].Length} bytes, expected {BinaryPrimitives.ReadInt64LittleEndian(begin.Content.Span)}: its end is missing");
    }

    private static void FillWithZeros(IStoreFile file, int capacity)
    {
        var length = file.Length / JournalFrame.Sector * JournalFrame.Sector;
        if (length < file.Length) file.SetLength(length);
        if (length >= capacity) return;
        var zeros = new byte[64 * 1024];
        for (var at = length; at < capacity; at += zeros.Length) file.Write(zeros.AsSpan(0, (int)Math.Min(zeros.Length, capacity - at)), at);
        file.FlushToDisk();
    }

    /// <summary>
    /// After a failed sync the newest frame may be readable from memory and yet not be on disk, and syncing again proves nothing: so it is written again first.
    /// </summary>
    private void Rewrite(JournalFrame frame, long at)
    {
        var bytes = new byte[JournalFrame.LengthOf(frame.Content.Length)];
        frame.Write(bytes);
        _files[_current].Write(bytes, at);
        _files[_current].FlushToDisk();
    }

    /// <summary>The readable frames of the newest lap in a file. Looks at every sector: what follows a damaged frame is found again.</summary>
    private static List<(JournalFrame Frame, long At)> FramesOf(IStoreFile file)
    {
        var bytes = new byte[file.Length];
        var length = file.Read(bytes, 0);
        var frames = new List<(JournalFrame Frame, long At)>();
        for (var at = 0; at < length;)
        {
            if (JournalFrame.Read(bytes.AsMemory(at, length - at)) is { } frame)
            {
                frames.Add((frame, at));
                at += JournalFrame.LengthOf(frame.Content.Length);
            }
            else
            {
                at += JournalFrame.Sector;
            }
        }
        if (frames.Count > 0)
        {
            var lap = frames.Max(entry => entry.Frame.Lap);
            frames.RemoveAll(entry => entry.Frame.Lap != lap);
        }
        return frames;
    }
}
