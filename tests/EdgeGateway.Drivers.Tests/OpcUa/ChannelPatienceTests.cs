using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;
using EdgeGateway.Drivers.Tests.OpcUa.Scripted;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>How long calls wait, by the clock that the channel was given.</summary>
public sealed class ChannelPatienceTests : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly ScriptedServer _server = new() { Script = call => call.TypeId == 428 ? new Deed { IsHeld = true } : null };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_call_that_is_not_answered_gives_up_and_the_channel_goes_on()
    {
        await using var channel = await Open(await _server.Dial(CancellationToken.None));
        var call = Ask(channel, Short);
        await Eventually.Is(() => _server.Count(428) == 1, "the question to come");
        await TimesOut(call);
        Assert.False(channel.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_call_that_waits_for_its_turn_gives_up_and_the_channel_goes_on()
    {
        await using var stream = new StuckStream(await _server.Dial(CancellationToken.None));
        await using var channel = await Open(stream);
        stream.IsStuck = true;
        var first = Ask(channel, TimeSpan.FromHours(10));
        await Eventually.Is(() => stream.Waiting == 1, "the first call to be sent");
        await TimesOut(Ask(channel, Short));
        Assert.False(channel.Ended.IsCompleted);
        Assert.False(first.IsCompleted);
        await channel.DisposeAsync();
        await Assert.ThrowsAsync<OpcUaException>(() => first);
    }

    private static Task<GetEndpointsResponse> Ask(SecureChannel channel, TimeSpan patience) =>
        channel.CallAsync(new GetEndpointsRequest("opc.tcp://loopback"), default, patience, CancellationToken.None);

    private async Task TimesOut(Task<GetEndpointsResponse> call)
    {
        _time.Advance(Short - TimeSpan.FromSeconds(1));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var late = await Assert.ThrowsAsync<OpcUaException>(() => call.WaitAsync(Eventually.Patience, TimeProvider.System));
        Assert.Equal(StatusCodes.BadTimeout, late.Status);
    }

    private Task<SecureChannel> Open(Stream stream) => SecureChannel.OpenAsync(stream, _server.Url, ChannelSecurity.None, _time, CancellationToken.None);

    /// <summary>A connection that takes no more bytes when it is told so.</summary>
    private sealed class StuckStream(Stream inner) : Stream
    {
        private readonly CancellationTokenSource _closed = new();

        public bool IsStuck { get; set; }

        public int Waiting { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (IsStuck)
            {
                Waiting++;
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token);
            }
            await inner.WriteAsync(buffer, cancellationToken);
        }

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
