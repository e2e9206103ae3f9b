using System.Globalization;
using LiteDB;

namespace EdgeGateway.Outbox;

/// <summary>
/// One LiteDB file with consecutive segments of one stream, one document each. It is filled once, to a bounded size, and leaves
/// as a whole. Not thread-safe: its shelf calls it under its lock.
/// </summary>
internal sealed class SegmentFile : IDisposable
{
    private const string Segments = "segments";
    private const string About = "file";

    private readonly IStoreFolder _folder;
    private readonly string _stream;
    private readonly long _epoch;
    private DurableEngine? _engine;
    private long _bytes;

    /// <param name="folder">Where it is, or will be.</param>
    /// <param name="stream">Whose segments it holds.</param>
    /// <param name="epoch">Of the store.</param>
    /// <param name="first">The sequence number it begins with.</param>
    /// <param name="last">The one it ends with, if its name says so.</param>
    public SegmentFile(IStoreFolder folder, string stream, long epoch, long first, long? last = null)
    {
        (_folder, _stream, _epoch, First) = (folder, stream, epoch, first);
        Name = NameOf(stream, first, last);
        IsFinished = last is not null;
        Last = last ?? first - 1;
    }

    public string Name { get; private set; }

    public string LogName => $"{Name[..^3]}-log.db";

    /// <summary>True once it is full: its name says which numbers it holds.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>The sequence number it begins with.</summary>
    public long First { get; }

    /// <summary>The newest sequence number in it; one less than <see cref="First"/> if it is empty.</summary>
    public long Last { get; private set; }

    /// <summary>Seconds of running time (see <see cref="RunningClock"/>) when it was made.</summary>
    public long MadeAt { get; init; }

    /// <summary>Bytes of the data file, as far as known.</summary>
    public long Bytes => _bytes;

    public bool IsOpen => _engine is { IsBroken: false };

    /// <summary>What the name of a file of this stream says: where it begins and, if it is full, where it ends; null for other files.</summary>
    public static (long First, long? Last)? Parse(string name, string stream)
    {
        if (!name.StartsWith(stream + "-", StringComparison.Ordinal) || !name.EndsWith(".db", StringComparison.Ordinal)) return null;
        var numbers = name[(stream.Length + 1)..^3].Split('-');
        if (numbers.Length > 2 || !TryNumber(numbers[0], out var first)) return null;
        if (numbers.Length == 1) return (first, null);
        return TryNumber(numbers[1], out var last) && last >= first ? (first, last) : null;
    }

    /// <summary>Opens it, or opens it again after an error, and finds out what is in it.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="DamagedFileException">It cannot be opened, or is not a file of this stream and epoch.</exception>
    public void Open()
    {
        if (IsOpen) return;
        Close();
        _engine = DurableEngine.Open(_folder, Name, LogName);
        Measure();
        if (_engine.FindById(About, "file") is not { } about) return; // new, or never got as far as its first commit
        if (!about["format"].IsInt32 || about["format"].AsInt32 is < LiteDbOutbox.OldestFormat or > LiteDbOutbox.FormatVersion || about["epoch"] != _epoch || about["stream"] != _stream)
            throw new DamagedFileException($"it says to be format {about["format"]}, epoch {about["epoch"]}, stream {about["stream"]}; expected {LiteDbOutbox.OldestFormat} to {LiteDbOutbox.FormatVersion}, {_epoch}, {_stream}");
        if (IsFinished) return;
        Last = _engine.Last(Segments)?["_id"].AsInt64 ?? First - 1;
        // What stands in the document and what the index says are in different places: one of them alone is not believed.
        if (Last < First - 1 || (Last >= First && _engine.FindById(Segments, Last) is null)) throw new DamagedFileException($"its newest segment calls itself {Last}, and the index knows no such one");
    }

    /// <summary>Learns its length without opening it as a database.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Measure()
    {
        if (_engine is not null)
        {
            _bytes = _engine.DataLength;
            return;
        }
        using var file = _folder.Open(Name);
        _bytes = file.Length;
    }

    /// <summary>Stores segments that follow <see cref="Last"/>. Returns when they are on disk. The file must be open.</summary>
    /// <param name="segments">By sequence number.</param>
    /// <exception cref="IOException">Nothing is known to be stored; the file has to be opened again.</exception>
    /// <exception cref="DamagedFileException">It takes no more.</exception>
    public void Add(IReadOnlyList<StoredSegment> segments)
    {
        var engine = _engine!; // open, as documented
        var isNew = Last < First;
        engine.Commit(() =>
        {
            if (isNew) engine.Insert(About, [new BsonDocument { ["_id"] = "file", ["format"] = LiteDbOutbox.FormatVersion, ["epoch"] = _epoch, ["stream"] = _stream }]);
            engine.Insert(Segments, segments.Select(segment => segment.ToBson()));
        });
        Last = segments[^1].Sequence;
        // Into the data file at once: LiteDB would let its log grow to 8 MiB, which is more than a small file may have.
        engine.Checkpoint();
        Measure();
    }

    /// <summary>Puts segments in the place of those with their numbers, which are there. Returns when they are on disk. The file must be open.</summary>
    /// <param name="segments">By sequence number.</param>
    /// <exception cref="IOException">Nothing is known to be stored; the file has to be opened again.</exception>
    /// <exception cref="DamagedFileException">A page on the way is damaged; the file has to be opened again.</exception>
    public void Replace(IReadOnlyList<StoredSegment> segments)
    {
        var engine = _engine!; // open, as documented
        engine.Commit(() => engine.Update(Segments, segments.Select(segment => segment.ToBson())));
        engine.Checkpoint();
        Measure();
    }

    /// <summary>A segment; null if it is not there or its document is damaged. The file must be open.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="DamagedFileException">A page on the way to it is damaged; the file has to be opened again.</exception>
    public StoredSegment? Find(long sequence) => _engine!.FindById(Segments, sequence) is { } document ? StoredSegment.From(document) : null; // open, as documented

    /// <summary>It is full: everything goes into the data file, the log leaves, and the name says where it ends. The file must be open.</summary>
    /// <exception cref="IOException">The disk refuses; all that was stored still is.</exception>
    /// <exception cref="DamagedFileException">It cannot be completed; what can be read of it still can.</exception>
    public void Finish()
    {
        _engine!.Checkpoint(); // open, as documented
        Measure();
        Close();
        _folder.Delete(LogName);
        var full = NameOf(_stream, First, Last);
        _folder.Rename(Name, full);
        (Name, IsFinished) = (full, true);
    }

    public void Close()
    {
        _engine?.Dispose();
        _engine = null;
    }

    public void Dispose() => Close();

    private static string NameOf(string stream, long first, long? last) =>
        last is null ? string.Create(CultureInfo.InvariantCulture, $"{stream}-{first:D12}.db") : string.Create(CultureInfo.InvariantCulture, $"{stream}-{first:D12}-{last:D12}.db");

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
