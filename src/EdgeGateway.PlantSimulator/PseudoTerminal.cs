using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// A pair of terminals of Linux: what a master opens as its serial port is the other side of this stream. Closing it looks to the master like an
/// adapter that is pulled out. It has no speed and no parity.
/// </summary>
internal sealed partial class PseudoTerminal : Stream
{
    private const int ReadWrite = 2, NoControllingTerminal = 0x100, CloseOnExec = 0x80000;
    private const short Readable = 1;
    private readonly int _near;
    private readonly int _far;
    private readonly int _wake;
    private readonly Thread _thread;
    private readonly Channel<byte[]> _received = Channel.CreateBounded<byte[]>(1024);
    private int _isClosed;

    /// <summary>Opens a new pair.</summary>
    /// <exception cref="IOException">The system has none.</exception>
    public PseudoTerminal()
    {
        if (!OperatingSystem.IsLinux()) throw new IOException("a simulated serial port needs Linux; take tcp:// for the line here");
        _near = Must(OpenPair(ReadWrite | NoControllingTerminal | CloseOnExec));
        Must(Grant(_near));
        Must(Unlock(_near));
        Span<byte> name = stackalloc byte[128];
        if (NameOf(_near, ref MemoryMarshal.GetReference(name), name.Length) != 0) throw new IOException("the pseudo-terminal has no name");
        Path = Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
        // Held open here too: a pair whose other side nobody has open reads as its end.
        _far = Must(Open(Path, ReadWrite | NoControllingTerminal | CloseOnExec));
        Span<byte> settings = stackalloc byte[128];
        Must(GetSettings(_far, ref MemoryMarshal.GetReference(settings)));
        MakeRaw(ref MemoryMarshal.GetReference(settings));
        Must(SetSettings(_far, 0, ref MemoryMarshal.GetReference(settings)));
        _wake = Must(EventFile(0, CloseOnExec));
        _thread = new Thread(Listen) { IsBackground = true, Name = $"pty {Path}" };
        _thread.Start();
    }

    /// <summary>What the master opens: <c>/dev/pts/3</c>.</summary>
    public string Path { get; }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>One piece as it came; 0 once closed.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!await _received.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) || !_received.Reader.TryRead(out var piece)) return 0;
        piece.CopyTo(buffer); // pieces are no larger than the reader's buffer, see Listen
        return piece.Length;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed) != 0, this);
        for (var rest = buffer.Span; !rest.IsEmpty;) rest = rest[(int)Must(Write(_near, ref MemoryMarshal.GetReference(rest), rest.Length))..];
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
        // Every write hands its bytes to the system.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("slaves read asynchronously");
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("slaves write asynchronously");
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        Span<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        _ = Write(_wake, ref MemoryMarshal.GetReference(one), one.Length);
        _thread.Join();
        _ = Close(_near);
        _ = Close(_far);
        _ = Close(_wake);
        base.Dispose(disposing);
    }

    private void Listen()
    {
        Span<Watched> watched = stackalloc Watched[2];
        Span<byte> buffer = stackalloc byte[SerialWire.MaxFrame];
        while (Volatile.Read(ref _isClosed) == 0)
        {
            watched[0] = new Watched { File = _near, Events = Readable };
            watched[1] = new Watched { File = _wake, Events = Readable };
            _ = Poll(ref watched[0], 2, -1);
            if (watched[1].Returned != 0) break;
            if (watched[0].Returned == 0) continue;
            var count = Read(_near, ref MemoryMarshal.GetReference(buffer), buffer.Length);
            // A slave that is asked faster than it answers loses questions, as a real one does.
            if (count > 0) _received.Writer.TryWrite(buffer[..(int)count].ToArray());
        }
        _received.Writer.TryComplete();
    }

    private static int Must(int result) => result >= 0 ? result : throw new IOException($"pseudo-terminal: {Marshal.GetLastPInvokeErrorMessage()}");

    private static nint Must(nint result) => result >= 0 ? result : throw new IOException($"pseudo-terminal: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenPair(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int Grant(int file);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(int file);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int NameOf(int file, ref byte name, nint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int file, ref byte buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int file, ref byte buffer, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Watched first, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFile(uint start, int flags);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetSettings(int file, ref byte settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetSettings(int file, int when, ref byte settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(ref byte settings);

    [StructLayout(LayoutKind.Sequential)]
    private struct Watched
    {
        public int File;
        public short Events;
        public short Returned;
    }
}
