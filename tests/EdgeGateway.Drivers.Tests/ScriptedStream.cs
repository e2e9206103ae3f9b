using System.Threading.Channels;
using EdgeGateway.Drivers.Links;

namespace EdgeGateway.Drivers.Tests;

/// <summary>
/// A line whose other side is a script: what is written goes to <see cref="OnQuestion"/>, what the script sends can be read. Each sent
/// piece is one packet: no read brings more than one of them.
/// </summary>
internal sealed class ScriptedStream : Stream, ILineInput
{
    private readonly Channel<byte[]> _packets = Channel.CreateBounded<byte[]>(10_000);
    private readonly SemaphoreSlim _readerWaits = new(0);
    private byte[] _packet = [];

    /// <summary>What the other side does about a question.</summary>
    public Action<byte[]> OnQuestion { get; set; } = _ => { };

    /// <summary>What happens between the arrival of a packet and its being read.</summary>
    public Action OnRead { get; set; } = () => { };

    /// <summary>Everything that was written, one entry per write.</summary>
    public List<byte[]> Questions { get; } = [];

    /// <summary>True if writes never end.</summary>
    public bool IsStuck { get; set; }

    /// <summary>How long a question takes to leave, as on a slow port with a long queue.</summary>
    public TimeSpan WriteTakes { get; set; }

    /// <summary>Thrown by every read and write from now on.</summary>
    public Exception? Fault { get; set; }

    /// <summary>True if bytes come without end.</summary>
    public bool IsBabbling { get; set; }

    public bool HasInput => IsBabbling || Fault is not null || _packet.Length > 0 || _packets.Reader.TryPeek(out _);

    public TimeSpan FrameSilence => TimeSpan.Zero;

    public void Send(params byte[] bytes) => Assert.True(_packets.Writer.TryWrite(bytes));

    /// <summary>Sends each byte as a packet of its own.</summary>
    public void Drip(params byte[] bytes)
    {
        foreach (var one in bytes) Send(one);
    }

    /// <summary>The other side closes: what was sent can still be read.</summary>
    public void CloseOther() => _packets.Writer.TryComplete();

    /// <summary>Ends when the reader has read everything and waits for more.</summary>
    public Task ReaderWaits() => _readerWaits.WaitAsync();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Fault is not null) throw Fault;
        cancellationToken.ThrowIfCancellationRequested();
        if (IsBabbling)
        {
            buffer.Span[0] = 0x55;
            return 1;
        }
        while (_packet.Length == 0)
        {
            if (_packets.Reader.TryRead(out var next))
            {
                _packet = next;
                continue;
            }
            var more = _packets.Reader.WaitToReadAsync(cancellationToken);
            if (!more.IsCompleted) _readerWaits.Release();
            if (!await more) return 0;
        }
        OnRead();
        var count = Math.Min(buffer.Length, _packet.Length);
        _packet.AsMemory(0, count).CopyTo(buffer);
        _packet = _packet[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Fault is not null) throw Fault;
        cancellationToken.ThrowIfCancellationRequested();
        if (IsStuck)
        {
            _readerWaits.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        if (WriteTakes > TimeSpan.Zero) await Task.Delay(WriteTakes, TimeProvider.System, cancellationToken);
        var question = buffer.ToArray();
        Questions.Add(question);
        OnQuestion(question);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _readerWaits.Dispose();
        base.Dispose(disposing);
    }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("a driver does not block");
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a driver does not block");
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
