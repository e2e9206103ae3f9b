using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace EdgeGateway.Drivers.Links;

/// <summary>
/// The stream of a serial port. One thread per port sleeps in poll() without a time limit and wakes only for bytes that somebody waits for, for a new
/// reader or for the end; what is already there is read without it. One reader and one writer at a time. A write ends when the last byte has had the
/// time to leave the port, and begins only after the silence between frames.
/// </summary>
internal sealed class SerialStream : Stream, ILineInput, IValueTaskSource<int>
{
    private readonly SerialPortFile _port;
    private readonly SerialAddress _address;
    private readonly TimeProvider _time;
    private readonly Pause _pause;
    private readonly Lock _lock = new();
    private readonly int _wake;
    private readonly Thread _thread;
    private ManualResetValueTaskSourceCore<int> _reading = new() { RunContinuationsAsynchronously = true };
    private Memory<byte> _target;
    private CancellationToken _targetToken;
    private CancellationTokenRegistration _cancelling;
    private bool _isReading;
    private bool _isClosed;
    private long _activeAt;

    public SerialStream(SerialPortFile port, SerialAddress address, TimeProvider time)
    {
        (_port, _address, _time, _pause) = (port, address, time, new Pause(time));
        _activeAt = time.GetTimestamp();
        _wake = Tty.EventFile(0, Tty.NonBlocking | Tty.CloseOnExec);
        if (_wake < 0) throw new LineDownException($"{address.Path}: the system gives no more files ({Marshal.GetLastPInvokeErrorMessage()})");
        // The system keeps 15 characters of a name, and the end of a path tells ports apart.
        _thread = new Thread(Watch) { IsBackground = true, Name = address.Path.Length > 15 ? address.Path[^15..] : address.Path };
        _thread.Start();
    }

    /// <inheritdoc/>
    public bool HasInput => _port.Waiting != 0;

    /// <inheritdoc/>
    public TimeSpan FrameSilence => _address.FrameSilence;

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_isReading) throw new InvalidOperationException("one reader at a time");
            if (TryReadNeedsLock(buffer.Span) is var count and > 0) return ValueTask.FromResult(count);
            _reading.Reset();
            (_target, _targetToken, _isReading) = (buffer, cancellationToken, true);
        }
        Wake();
        // Outside the lock: a token that is cancelled already calls back at once.
        _cancelling = cancellationToken.UnsafeRegister(static stream => ((SerialStream)stream!).Cancel(), this); // not null: passed here
        return new ValueTask<int>(this, _reading.Version);
    }

    /// <inheritdoc/>
    [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var rest = FrameSilence - _time.GetElapsedTime(Volatile.Read(ref _activeAt));
        if (rest > TimeSpan.Zero) await _pause.For(rest).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _port.Write(buffer.Span);
        }
        await _pause.For(_address.CharacterTime * buffer.Length).ConfigureAwait(false);
        Volatile.Write(ref _activeAt, _time.GetTimestamp());
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        _cancelling.Dispose();
        return _reading.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reading.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reading.OnCompleted(continuation, state, token, flags);

    public override void Flush()
    {
        // Every write hands its bytes to the system.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("a line is read asynchronously");
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a line is written asynchronously");
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
            FailNeedsLock(new ObjectDisposedException(nameof(SerialStream)));
            Wake();
        }
        // The thread closes nothing and waits for nobody: it has seen the wake or is about to.
        _thread.Join();
        _port.Dispose();
        _ = Tty.Close(_wake);
        base.Dispose(disposing);
    }

    private void Watch()
    {
        Span<Tty.Watched> watched = stackalloc Tty.Watched[2];
        while (true)
        {
            lock (_lock)
            {
                if (_isClosed) return;
                // A file of -1 is passed over: bytes that nobody waits for wake nobody, nor does an adapter that is gone.
                watched[0] = new Tty.Watched { File = _isReading ? _port.Number : -1, Events = Tty.CanRead };
                watched[1] = new Tty.Watched { File = _wake, Events = Tty.CanRead };
            }
            _ = Tty.Poll(ref watched[0], 2, -1);
            if (watched[1].Returned != 0) ClearWake();
            lock (_lock)
            {
                if (_isClosed) return;
                if (_isReading && watched[0].Returned != 0) CompleteNeedsLock();
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever reading throws belongs to the reader, not to this thread.")]
    private void CompleteNeedsLock()
    {
        try
        {
            var count = TryReadNeedsLock(_target.Span);
            if (count == 0) return;
            EndNeedsLock();
            _reading.SetResult(count);
        }
        catch (Exception e)
        {
            FailNeedsLock(e);
        }
    }

    private int TryReadNeedsLock(Span<byte> buffer)
    {
        var count = _port.Read(buffer);
        if (count > 0) Volatile.Write(ref _activeAt, _time.GetTimestamp());
        return count;
    }

    private void Cancel()
    {
        lock (_lock) FailNeedsLock(new OperationCanceledException(_targetToken));
    }

    private void FailNeedsLock(Exception reason)
    {
        if (!_isReading) return;
        EndNeedsLock();
        _reading.SetException(reason);
    }

    private void EndNeedsLock() => (_target, _isReading) = (default, false);

    private void Wake()
    {
        Span<byte> one = stackalloc byte[8];
        BitConverter.TryWriteBytes(one, 1L);
        _ = Tty.Write(_wake, ref MemoryMarshal.GetReference(one), one.Length);
    }

    private void ClearWake()
    {
        Span<byte> count = stackalloc byte[8];
        _ = Tty.Read(_wake, ref MemoryMarshal.GetReference(count), count.Length);
    }
}
