using EdgeGateway.Outbox;

namespace EdgeGateway.Tests.Outbox;

/// <summary>A real folder on a disk that refuses what the test says: reads by file and place, writes by file.</summary>
internal sealed class ScriptedFolder(string path) : IStoreFolder
{
    private readonly DiskFolder _folder = new(path);

    /// <summary>True if a read that touches this place of the file fails.</summary>
    public Func<string, long, bool> RefusesRead { get; set; } = (_, _) => false;

    /// <summary>True if a write to the file fails.</summary>
    public Func<string, bool> RefusesWrite { get; set; } = _ => false;

    public string Path => _folder.Path;

    public IReadOnlyList<string> List() => _folder.List();

    public IStoreFile Open(string name) => new ScriptedFile(this, name, _folder.Open(name));

    public void Rename(string from, string to) => _folder.Rename(from, to);

    public void Delete(string name) => _folder.Delete(name);

    private sealed class ScriptedFile(ScriptedFolder folder, string name, IStoreFile file) : IStoreFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> into, long position) =>
            folder.RefusesRead(name, position) ? throw new IOException("the sector cannot be read") : file.Read(into, position);

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            if (folder.RefusesWrite(name)) throw new IOException("no space left");
            file.Write(bytes, position);
        }

        public void SetLength(long length) => file.SetLength(length);

        public void FlushToDisk() => file.FlushToDisk();

        public void Dispose() => file.Dispose();
    }
}
