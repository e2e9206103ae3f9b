using System.IO.Ports;
using System.Threading.Channels;

namespace EdgeGateway.Drivers.Links;

/// <summary>
/// A serial port by System.IO.Ports: for Windows, and wherever the calls of <see cref="SerialPortFile"/> do not exist. Its asynchronous reads hear no
/// cancellation and no time limit, so one thread per port reads and blocks, and who waits for bytes waits for that thread. It costs more than
/// <see cref="SerialStream"/> and promises the same: one reader and one writer at a time, a write ends when the last byte has had the time
/// to leave the port, and begins only after the silence between frames.
/// </summary>
internal sealed class PortsStream : Stream, ILineInput
{
    private const int MostPieces = 1024;

    /// <summary>How much longer than its bytes take a write may last before the port counts as stuck.</summary>
    private static readonly TimeSpan WritePatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly SerialPort _port;
    private readonly SerialPortFile? _lock;
    private readonly SerialAddress _address;
    private readonly TimeProvider _time;
    private readonly Pause _pause;
    private readonly Channel<byte[]> _pieces = Channel.CreateBounded<byte[]>(MostPieces);
    private readonly Thread _thread;
    private ReadOnlyMemory<byte> _piece;
    private long _activeAt;
    private int _isClosed;

    private PortsStream(SerialPort port, SerialPortFile? portLock, SerialAddress address, TimeProvider time)
    {
        (_port, _lock, _address, _time, _pause) = (port, portLock, address, time, new Pause(time));
        _activeAt = time.GetTimestamp();
        _thread = new Thread(Listen) { IsBackground = true, Name = $"port {address.PortName}" };
        _thread.Start();
    }

    /// <summary>Opens and sets the port, and takes it alone.</summary>
    /// <exception cref="LineDownException">The port is missing, forbidden, in use or no serial port; the message says which and what to do.</exception>
    public static PortsStream Open(SerialAddress address, TimeProvider time)
    {
        // On Windows a port is one program's by nature; on Linux a second opening, above all root's, would go unnoticed.
        var portLock = OperatingSystem.IsLinux() ? SerialPortFile.TakeOnly(address) : null;
        var port = new SerialPort(address.PortName, address.Baud, ParityOf(address), address.DataBits, address.StopBits == 2 ? StopBits.Two : StopBits.One)
        {
            Handshake = Handshake.None,
            ReadTimeout = SerialPort.InfiniteTimeout,
        };
        try
        {
            port.Open();
            if (address.Dtr is { } dtr) port.DtrEnable = dtr;
            if (address.Rts is { } rts) port.RtsEnable = rts;
            port.DiscardInBuffer();
            return new PortsStream(port, portLock, address, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            port.Dispose();
            portLock?.Dispose();
            throw new LineDownException(Refused(address, e), e);
        }
    }

    /// <inheritdoc/>
    public bool HasInput => !_piece.IsEmpty || _pieces.Reader.TryPeek(out _) || _pieces.Reader.Completion.IsCompleted;

    /// <inheritdoc/>
    public TimeSpan FrameSilence => _address.FrameSilence;

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed) != 0, this);
        while (_piece.IsEmpty)
        {
            if (_pieces.Reader.TryRead(out var next)) _piece = next;
            else if (!await _pieces.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false)) return 0;
        }
        var count = Math.Min(buffer.Length, _piece.Length);
        _piece[..count].CopyTo(buffer);
        _piece = _piece[count..];
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var rest = FrameSilence - _time.GetElapsedTime(Volatile.Read(ref _activeAt));
        if (rest > TimeSpan.Zero) await _pause.For(rest).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed) != 0, this);
        var onWire = _address.CharacterTime * buffer.Length;
        var begunAt = _time.GetTimestamp();
        try
        {
            // Not the caller's token: a write that has begun goes on, and the next question must not meet it.
            await _port.BaseStream.WriteAsync(buffer, CancellationToken.None).AsTask().WaitAsync(onWire + WritePatience, _time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new IOException(
                _pieces.Reader.Completion.IsCompleted ? SerialPortFile.Gone(_address) : $"{_address.PortName} takes no bytes: flow control holds it, or its adapter is stuck or gone", e);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            throw new IOException(SerialPortFile.Gone(_address), e);
        }
        var left = onWire - _time.GetElapsedTime(begunAt);
        if (left > TimeSpan.Zero) await _pause.For(left).ConfigureAwait(false);
        Volatile.Write(ref _activeAt, _time.GetTimestamp());
    }

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
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        // Closing a port whose adapter is gone may take System.IO.Ports for ever; the line goes on without waiting for that.
        var closing = new Thread(ClosePort) { IsBackground = true, Name = $"close {_address.PortName}" };
        closing.Start();
        if (closing.Join(ClosePatience)) _thread.Join(ClosePatience);
        _lock?.Dispose();
        base.Dispose(disposing);
    }

    private void ClosePort()
    {
        try
        {
            _port.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // An adapter that is gone cannot be set back on closing; the port is closed all the same.
        }
    }

    private void Listen()
    {
        var buffer = new byte[1024];
        try
        {
            while (true)
            {
                var count = _port.Read(buffer, 0, buffer.Length);
                if (count == 0) break; // a port without its adapter reads as its end
                Volatile.Write(ref _activeAt, _time.GetTimestamp());
                // What nobody reads for so long is lost, as it would be in the port itself; the frame's check notices.
                _pieces.Writer.TryWrite(buffer[..count]);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException or OperationCanceledException or TimeoutException)
        {
            // The port is gone, or was closed under this thread: either way nothing more will come.
        }
        _pieces.Writer.TryComplete(Volatile.Read(ref _isClosed) != 0
            ? new ObjectDisposedException(nameof(PortsStream))
            : new IOException(SerialPortFile.Gone(_address)));
    }

    private static Parity ParityOf(SerialAddress address) => address.Parity switch
    {
        'E' => Parity.Even,
        'O' => Parity.Odd,
        _ => Parity.None,
    };

    /// <summary>What the system's refusal to open or set a port means to people.</summary>
    private static string Refused(SerialAddress address, Exception refusal) => refusal switch
    {
        FileNotFoundException or DirectoryNotFoundException => Missing(address),
        // Windows says the same of a port that another program has open and of one that this user may not open; the first is the rule.
        // Elsewhere the file has been opened before: rights are no matter any more, and what still refuses is not a terminal.
        UnauthorizedAccessException when !OperatingSystem.IsWindows() => $"{address.PortName} is no serial port",
        UnauthorizedAccessException => $"{address.PortName} is in use by another program, or user {Environment.UserName} may not open it: stop that program, or give the user the right",
        ArgumentException => $"{address.PortName} is no serial port",
        _ when OperatingSystem.IsWindows() && !NamesNow().Contains(address.PortName, StringComparer.OrdinalIgnoreCase) => Missing(address),
        _ => $"{address.PortName} cannot be opened: {refusal.Message}",
    };

    private static string Missing(SerialAddress address)
    {
        var names = NamesNow();
        return $"{address.PortName} is not there: its adapter is not plugged in, or has another name now. "
            + (names.Length == 0 ? "This computer has no port" : $"Ports of this computer now: {string.Join(", ", names.Order(StringComparer.Ordinal).Take(8))}");
    }

    private static string[] NamesNow()
    {
        try
        {
            return SerialPort.GetPortNames();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Runtime.InteropServices.ExternalException)
        {
            return []; // a hint only; adapters come and go
        }
    }
}
