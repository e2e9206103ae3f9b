namespace EdgeGateway.Commands;

/// <summary>A file that is there whole or not at all: written beside its place, flushed to the disk, and only then named.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file. Where that fails, on a full disk say, what stood there before still stands there.</summary>
    /// <param name="path">Its place.</param>
    /// <param name="overwrites">Whether a file that is there is replaced.</param>
    /// <param name="write">Writes its bytes.</param>
    /// <exception cref="IOException">It could not be written, or is there already.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights are missing.</exception>
    public static void Write(string path, bool overwrites, Action<Stream> write)
    {
        var unfinished = $"{path}.{Guid.NewGuid():N}.unfinished";
        var stream = new FileStream(unfinished, FileMode.CreateNew);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrites);
        }
        finally
        {
            File.Delete(unfinished); // nothing is there where the file has its name
        }
    }
}
