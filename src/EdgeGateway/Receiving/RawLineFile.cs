using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace EdgeGateway.Receiving;

/// <summary>
/// Lines as they came, one after another, append-only. A line that a crash cut short is ended before new ones are written. What a full disk cut short
/// is written again at the same place, so that no line is torn or stands twice. One writer at a time: a second one would write over the lines of the first.
/// </summary>
internal sealed class RawLineFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly ArrayBufferWriter<byte> _unwritten = new(1 << 18);
    private long _end;

    // Beside the file, because verifiers may read that while it grows: on Linux a share mode other than None keeps no second writer out.
    private readonly FileStream _lock;

    /// <exception cref="IOException">The file cannot be opened, or somebody else writes to it; the message says which.</exception>
    public RawLineFile(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        _lock = Lock(path);
        try
        {
            _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _lock.Dispose();
            throw;
        }
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
