using System.Runtime.InteropServices;

namespace EdgeGateway.Outbox;

/// <summary>A folder of the machine's own file system.</summary>
internal sealed partial class DiskFolder(string path) : IStoreFolder
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public IReadOnlyList<string> List() => Guarded(() => Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file)!).Order(StringComparer.Ordinal).ToArray());

    public IStoreFile Open(string name) => Guarded(() =>
    {
        var isNew = !File.Exists(At(name));
        var file = new DiskFile(File.OpenHandle(At(name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        if (isNew) SyncNames();
        return file;
    });

    public void Rename(string from, string to) => Guarded(() =>
    {
        File.Move(At(from), At(to), overwrite: true);
        SyncNames();
        return true;
    });

    public void Delete(string name) => Guarded(() =>
    {
        if (!File.Exists(At(name))) return false;
        File.Delete(At(name));
        SyncNames();
        return true;
    });

    private string At(string name) => System.IO.Path.Combine(Path, name);

    private static T Guarded<T>(Func<T> io)
    {
        try
        {
            return io();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>POSIX keeps names in the folder, which has to be written down like any file; NTFS journals them by itself.</summary>
    private void SyncNames()
    {
        if (OperatingSystem.IsWindows()) return;
        var folder = OpenFolder(Path, 0); // O_RDONLY
        if (folder < 0) throw new IOException($"cannot open folder {Path}: error {Marshal.GetLastPInvokeError()}");
        try
        {
            if (Sync(folder) != 0) throw new IOException($"cannot write folder {Path} to disk: error {Marshal.GetLastPInvokeError()}");
        }
        finally
        {
            _ = CloseFolder(folder); // nothing was written through it
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int folder);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseFolder(int folder);
}
