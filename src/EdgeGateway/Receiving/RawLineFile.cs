namespace EdgeGateway.Receiving;

/// <summary>Lines as they came, one after another, append-only. A line that a crash cut short is ended before new ones are written.</summary>
internal sealed class RawLineFile : IDisposable
{
    private readonly FileStream _file;

    public RawLineFile(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1 << 18);
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

    public void Dispose() => _file.Dispose();
}
