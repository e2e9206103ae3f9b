using System.Buffers.Text;
using System.Text;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>Ledger R: the lines as the receiver got them, in their order, repeats included. Thread-safe.</summary>
internal sealed class ReceiverLedger
{
    private readonly Lock _gate = new();
    private readonly List<byte[]> _lines = [];
    private readonly Dictionary<string, (HashSet<long> Seen, long Highest)> _streams = [];
    private long _newestReadingMs;

    /// <summary>Everything so far: a copy of the list, not of the lines.</summary>
    public IReadOnlyList<byte[]> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    public int Count
    {
        get
        {
            lock (_gate) return _lines.Count;
        }
    }

    /// <summary>Time of the newest reading that has come, Unix ms; 0 before the first.</summary>
    public long NewestReadingMs => Interlocked.Read(ref _newestReadingMs);

    /// <summary>True if everything has come up to the newest number that has.</summary>
    public bool IsWhole
    {
        get
        {
            lock (_gate) return _streams.Count > 0 && _streams.Values.All(stream => stream.Seen.Count == stream.Highest);
        }
    }

    /// <summary>Takes a line as it came.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        var kept = line.ToArray();
        lock (_gate)
        {
            _lines.Add(kept);
            Number(kept);
            if (NewestIn(kept) is { } newest && newest > _newestReadingMs) Interlocked.Exchange(ref _newestReadingMs, newest);
        }
    }

    /// <summary>Lines with this text.</summary>
    public int Times(ReadOnlySpan<byte> text)
    {
        var times = 0;
        foreach (var line in Lines)
            if (line.AsSpan().IndexOf(text) >= 0) times++;
        return times;
    }

    /// <summary>Writes what has come as a receiver would.</summary>
    public string Save(string file)
    {
        using var saved = new FileStream(file, FileMode.Create, FileAccess.Write);
        foreach (var line in Lines)
        {
            saved.Write(line);
            saved.WriteByte((byte)'\n');
        }
        return file;
    }

    // What follows serves only to know when to go on; the checker reads the lines properly.
    private void Number(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("\"k\":\"birth\""u8) >= 0 || line.IndexOf("\"k\":\"will\""u8) >= 0) return;
        var at = line.IndexOf("\"st\":\""u8);
        if (at < 0 || NumberAfter(line, "\"sq\":"u8) is not { } sequence) return;
        var name = line[(at + 6)..];
        var stream = Encoding.UTF8.GetString(name[..name.IndexOf((byte)'"')]);
        var (seen, highest) = _streams.TryGetValue(stream, out var known) ? known : ([], 0);
        if (line.IndexOf("\"k\":\"head\""u8) < 0) seen.Add(sequence);
        _streams[stream] = (seen, Math.Max(highest, sequence));
    }

    private static long? NewestIn(ReadOnlySpan<byte> line) => line.IndexOf("\"k\":\"data\""u8) < 0 ? null : NumberAfter(line, "\"t1\":"u8);

    private static long? NumberAfter(ReadOnlySpan<byte> line, ReadOnlySpan<byte> member)
    {
        var at = line.IndexOf(member);
        return at >= 0 && Utf8Parser.TryParse(line[(at + member.Length)..], out long number, out _) ? number : null;
    }
}
