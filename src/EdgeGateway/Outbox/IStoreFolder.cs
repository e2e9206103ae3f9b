namespace EdgeGateway.Outbox;

/// <summary>
/// The folder of the store: where the outbox meets the disk, and where tests put a disk that forgets, fails or rots. New files, renames and deletions are on
/// disk when the call returns. Thread-safe.
/// </summary>
internal interface IStoreFolder
{
    /// <summary>The folder as people know it, for messages.</summary>
    string Path { get; }

    /// <summary>Names of the files in the folder, sorted by ordinal.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    IReadOnlyList<string> List();

    /// <summary>Opens a file for this process alone, or makes it, empty; that it exists is on disk when the call returns.</summary>
    /// <exception cref="IOException">The disk refuses, has no room, or another process holds the file.</exception>
    IStoreFile Open(string name);

    /// <summary>Gives a file another name, replacing what bears it.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    void Rename(string from, string to);

    /// <summary>Deletes a file; nothing happens if it is not there.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    void Delete(string name);
}
