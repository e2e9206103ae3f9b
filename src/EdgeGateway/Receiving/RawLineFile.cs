using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace EdgeGateway.Receiving;

/// <summary>
/// Lines as they came, one after another, append-only. A line that a crash cut short is ended before new ones are written. What a full disk cut short
/// is written again at the same place, so that no line is torn or stands twice.
/// </summary>
internal sealed class RawLineFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly ArrayBufferWriter<byte> _unwritten = new(1 << 18);
    private long _end;

    public RawLineFile(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        _end = RandomAccess.GetLength(_file);
        Span<byte> last = stackalloc byte[1];
        if (_end > 0 && RandomAccess.Read(_file, last, _end - 1) == 1 && last[0] != (byte)'\n') _unwritten.Write("\n"u8);
    }

    /// <summary>Keeps the line in memory until <see cref="Sync"/>.</summary>
    public void Append(ReadOnlySpan<byte> line)
    {
        _unwritten.Write(line);
        _unwritten.Write("\n"u8);
    }

    /// <summary>Returns when everything appended is on disk.</summary>
    /// <exception cref="IOException">It is not; call again.</exception>
    public void Sync()
    {
        RandomAccess.Write(_file, _unwritten.WrittenSpan, _end);
        RandomAccess.FlushToDisk(_file);
        _end += _unwritten.WrittenCount;
        _unwritten.ResetWrittenCount();
    }

    public void Dispose() => _file.Dispose();
}
