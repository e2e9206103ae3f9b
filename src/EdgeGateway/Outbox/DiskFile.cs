using Microsoft.Win32.SafeHandles;

namespace EdgeGateway.Outbox;

/// <summary>A file of the machine's own file system.</summary>
internal sealed class DiskFile(SafeFileHandle handle) : IStoreFile
{
    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> into, long position)
    {
        var read = 0;
        while (read < into.Length && RandomAccess.Read(handle, into[read..], position + read) is var more and > 0) read += more;
        return read;
    }

    public void Write(ReadOnlySpan<byte> bytes, long position) => RandomAccess.Write(handle, bytes, position);

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public void FlushToDisk() => RandomAccess.FlushToDisk(handle);

    public void Dispose() => handle.Dispose();
}
