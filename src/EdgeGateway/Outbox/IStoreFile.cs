namespace EdgeGateway.Outbox;

/// <summary>
/// One file of the store, held exclusively. What was written may be lost by a power cut, wholly or in part and in any order, until
/// <see cref="FlushToDisk"/> has returned; after that it stays. Thread-safe.
/// </summary>
internal interface IStoreFile : IDisposable
{
    /// <summary>Bytes.</summary>
    long Length { get; }

    /// <summary>Reads up to <c>into.Length</c> bytes; fewer only at the end of the file.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    int Read(Span<byte> into, long position);

    /// <exception cref="IOException">The disk refuses or is full; some of the bytes may have been written.</exception>
    void Write(ReadOnlySpan<byte> bytes, long position);

    /// <exception cref="IOException">The disk refuses.</exception>
    void SetLength(long length);

    /// <summary>Returns when everything written before is on disk.</summary>
    /// <exception cref="IOException">The disk refuses; nothing written since the last success is known to be there, and asking again proves nothing.</exception>
    void FlushToDisk();
}
