namespace EdgeGateway.Drivers.Links;

/// <summary>What went over a line in one direction at one moment.</summary>
/// <param name="At"><see cref="TimeProvider.GetTimestamp"/> when it had been written, or had come.</param>
/// <param name="IsQuestion">True for what this side wrote.</param>
/// <param name="Bytes">The bytes.</param>
public readonly record struct LineBytes(long At, bool IsQuestion, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// A line's stream that keeps what goes through it, both ways, up to a bound; what is beyond is counted. Owns the stream inside. Used by one
/// conversation; may be looked at from another thread only by <see cref="Questions"/>.
/// </summary>
public sealed class RecordedStream(Stream inner, TimeProvider time, int maxBytes) : Stream, ILineInput
{
    /// <summary>What one record costs beside its bytes.</summary>
    private const int RecordBytes = 48;

    private readonly List<LineBytes> _kept = [];
    private int _keptBytes;
    private long _questions;

    /// <summary>In the order in which it went.</summary>
    public IReadOnlyList<LineBytes> Kept => _kept;

    /// <summary>Writes and reads that were not kept.</summary>
    public long LeftOut { get; private set; }

    /// <summary>How often something was written.</summary>
    public long Questions => Volatile.Read(ref _questions);

    /// <inheritdoc/>
    public bool HasInput => LineInput.IsWaiting(inner);

    /// <inheritdoc/>
    public TimeSpan FrameSilence => LineInput.FrameSilence(inner);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Keep(isQuestion: false, buffer.Span[..count]);
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        Interlocked.Increment(ref _questions);
        Keep(isQuestion: true, buffer.Span);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("lines are read asynchronously");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("lines are written asynchronously");

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private void Keep(bool isQuestion, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (_keptBytes + bytes.Length + RecordBytes > maxBytes)
        {
            LeftOut++;
            return;
        }
        _keptBytes += bytes.Length + RecordBytes;
        _kept.Add(new LineBytes(time.GetTimestamp(), isQuestion, bytes.ToArray()));
    }
}
