using System.Buffers.Text;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>Ledger R: the lines as the receiver got them, in their order, repeats included. Thread-safe.</summary>
internal sealed class ReceiverLedger
{
    private readonly Lock _gate = new();
    private readonly List<byte[]> _lines = [];
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

    /// <summary>Takes a line as it came.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        var kept = line.ToArray();
        lock (_gate)
        {
            _lines.Add(kept);
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

    // Only to know when to go on; the checker reads the lines properly.
    private static long? NewestIn(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("\"k\":\"data\""u8) < 0) return null;
        var at = line.IndexOf("\"t1\":"u8);
        return at >= 0 && Utf8Parser.TryParse(line[(at + 5)..], out long newest, out _) ? newest : null;
    }
}
