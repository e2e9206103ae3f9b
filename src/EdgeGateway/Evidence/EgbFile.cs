namespace EdgeGateway.Evidence;

/// <summary>
/// The lines of a file (docs/wire.md §1), read as a stream: memory does not grow with the file, nor with a line that never ends. Only LF ends a
/// line.
/// </summary>
internal static class EgbFile
{
    /// <summary>One byte more than a line may have: enough to see that it is too long.</summary>
    private const int MostBytesKept = Envelope.MaxLineBytes + 1;

    private const int BufferBytes = 4 * MostBytesKept;

    /// <summary>
    /// Every line without its LF, empty ones included; what follows the last LF is a line unless it is empty. A line longer than
    /// <see cref="Envelope.MaxLineBytes"/> comes cut to one byte more. The bytes are valid until the next line is asked for.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Lines(string path)
    {
        // A receiver may be writing to it still.
        const FileShare withWriters = FileShare.ReadWrite | FileShare.Delete;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, withWriters, bufferSize: 0, FileOptions.SequentialScan);
        foreach (var line in Lines(file)) yield return line;
    }

    /// <summary>The lines of anything that can be read.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Lines(Stream stream)
    {
        var buffer = new byte[BufferBytes];
        var start = 0; // of the line in the making
        var end = 0; // of what has been read
        while (true)
        {
            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0) break;
            var searched = end;
            end += read;
            while (buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n') is >= 0 and var at)
            {
                var stop = searched + at;
                yield return buffer.AsMemory(start, Math.Min(stop - start, MostBytesKept));
                start = searched = stop + 1;
            }
            // Room for the next read. Of a line that is already too long the beginning is kept, and its rest forgotten as it comes.
            var kept = Math.Min(end - start, MostBytesKept);
            if (start > 0) buffer.AsSpan(start, kept).CopyTo(buffer);
            start = 0;
            end = kept;
        }
        if (end > start) yield return buffer.AsMemory(start, Math.Min(end - start, MostBytesKept));
    }
}
