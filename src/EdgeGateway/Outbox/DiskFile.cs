using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeGateway.Outbox;

/// <summary>A file of the machine's own file system.</summary>
internal sealed partial class DiskFile(SafeFileHandle handle) : IStoreFile
{
    private const int Interrupted = 4; // EINTR

    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> into, long position)
    {
        var read = 0;
        while (read < into.Length && RandomAccess.Read(handle, into[read..], position + read) is var more and > 0) read += more;
        return read;
    }

    public void Write(ReadOnlySpan<byte> bytes, long position) => RandomAccess.Write(handle, bytes, position);

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    /// <summary>
    /// On Linux by fdatasync: it writes the bytes and what is needed to find them again (POSIX), and not the time of the last change, which fsync writes as a transaction
    /// of the file system of its own.
    /// </summary>
    public void FlushToDisk()
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(handle);
            return;
        }
        while (SyncData(handle) != 0)
            if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
                throw new IOException($"cannot write to disk: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    public void Dispose() => handle.Dispose();

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncData(SafeFileHandle file);
}
