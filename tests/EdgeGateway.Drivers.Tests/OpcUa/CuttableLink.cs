using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>A line to a server that can be cut, refused and made silent while the server lives on.</summary>
internal sealed class CuttableLink(PeerServer server)
{
    private readonly ConcurrentBag<SilentStream> _open = [];
    private volatile bool _isCut;

    public async Task<Stream> Dial(CancellationToken cancellationToken)
    {
        if (_isCut) throw new SocketException((int)SocketError.ConnectionRefused);
        var stream = new SilentStream(await server.Dial(cancellationToken));
        _open.Add(stream);
        return stream;
    }

    /// <summary>Breaks what is open and refuses what is new.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var stream in _open) stream.Dispose();
        _open.Clear();
    }

    public void Mend() => _isCut = false;

    /// <summary>What is open stays open, and nothing comes or goes any more.</summary>
    public void Silence()
    {
        foreach (var stream in _open) stream.IsSilent = true;
    }

    private sealed class SilentStream(Stream inner) : Stream
    {
        private readonly CancellationTokenSource _closed = new();

        public bool IsSilent { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
            var read = await inner.ReadAsync(buffer, either.Token);
            if (IsSilent) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token);
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            IsSilent ? ValueTask.CompletedTask : inner.WriteAsync(buffer, cancellationToken);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _closed.Cancel();
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
