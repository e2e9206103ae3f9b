namespace EdgeGateway.Receiving;

/// <summary>Lines as they came, one after another, append-only. A line that a crash cut short is ended before new ones are written.
/// One writer at a time: a second one would write over the lines of the first.</summary>
internal sealed class RawLineFile : IDisposable
{
    private readonly FileStream _file;

    // Beside the file, because verifiers may read that while it grows: on Linux a share mode other than None keeps no second writer out.
    private readonly FileStream _lock;

    /// <exception cref="IOException">The file cannot be opened, or somebody else writes to it; the message says which.</exception>
    public RawLineFile(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        _lock = Lock(path);
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1 << 18);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _lock.Dispose();
            throw;
        }
        if (_file.Length == 0) return;
        _file.Seek(-1, SeekOrigin.End);
        var ended = _file.ReadByte() == '\n';
        _file.Seek(0, SeekOrigin.End);
        if (!ended) _file.WriteByte((byte)'\n');
    }

    public void Append(ReadOnlySpan<byte> line)
    {
        _file.Write(line);
        _file.WriteByte((byte)'\n');
    }

    /// <summary>Returns when everything appended is on disk.</summary>
    public void Sync() => _file.Flush(flushToDisk: true);

    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e)
        {
            throw new IOException($"{path} cannot be held by this receiver alone ({e.Message}): stop the other receiver on this folder, or name another folder with --out", e);
        }
    }
}
