using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace EdgeGateway.Drivers.Links;

/// <summary>
/// What holds on every line whose frames name no question: it is quiet before a question, what had come before is thrown away, an answer is waited for until a deadline
/// that begins when the question is out, and the line falls quiet behind it. What an answer is, the protocol says. Used by one conversation, one question at a time.
/// </summary>
/// <param name="maxFrameBytes">The longest frame of the protocol.</param>
/// <param name="time">The clock of silences and deadlines.</param>
internal sealed class QuietLine(int maxFrameBytes, TimeProvider time)
{
    // Room for a whole frame behind the start of another one: there is always space to read into.
    private readonly byte[] _received = new byte[2 * maxFrameBytes];
    private readonly AnswerDeadline _deadline = new(time);
    private readonly Pause _pause = new(time);
    private Stream? _link;
    private TimeSpan _frameSilence;
    private int _receivedBytes;

    /// <summary>What has come since the question and was not consumed.</summary>
    public ReadOnlySpan<byte> Received => _received.AsSpan(0, _receivedBytes);

    /// <summary><see cref="TimeProvider.GetTimestamp"/> when the last bytes came.</summary>
    public long HeardAt { get; private set; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> when the last question had been written.</summary>
    public long AskedAt { get; private set; }

    private Stream Link => _link ?? throw new InvalidOperationException("a stream must be attached before the first question");

    /// <summary>Starts on a new stream.</summary>
    public void Attach(Stream link)
    {
        _link = link;
        _frameSilence = LineInput.FrameSilence(link);
        Forget();
    }

    /// <summary>What was kept belongs to nobody, and the line was heard just now.</summary>
    public void Forget()
    {
        _receivedBytes = 0;
        HeardAt = time.GetTimestamp();
    }

    /// <summary>The silence to keep on this line where a device wants <paramref name="quiet"/>: never shorter than what ends a frame.</summary>
    public TimeSpan SilenceFor(TimeSpan quiet) => quiet > _frameSilence ? quiet : _frameSilence;

    /// <summary>Throws away what comes until nothing has come for <paramref name="quiet"/>; false if that does not happen within <paramref name="patience"/>.</summary>
    /// <exception cref="IOException">The stream has ended or failed; as for all methods here.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> IsQuietAsync(TimeSpan quiet, TimeSpan patience, CancellationToken cancellationToken)
    {
        var begunAt = time.GetTimestamp();
        while (true)
        {
            if (LineInput.IsWaiting(Link))
            {
                await ReceiveAsync(0, cancellationToken).ConfigureAwait(false);
                if (time.GetElapsedTime(begunAt) > patience) return false;
            }
            else
            {
                var rest = quiet - time.GetElapsedTime(HeardAt);
                if (rest <= TimeSpan.Zero) return true;
                await _pause.For(rest).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Writes a question; false if it was not out <paramref name="within"/> this time, and then part of it may be.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> question, TimeSpan within, CancellationToken cancellationToken)
    {
        _receivedBytes = 0;
        try
        {
            var deadline = _deadline.Arm(within);
            using var stop = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline); // not null: passed here
            await Link.WriteAsync(question, deadline.Token).ConfigureAwait(false);
            AskedAt = time.GetTimestamp();
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            _deadline.Disarm();
        }
    }

    /// <summary>Receives until <paramref name="isAnswered"/> finds the answer among <see cref="Received"/>; false if it does not come within <paramref name="patience"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ListenAsync(TimeSpan patience, Func<bool> isAnswered, CancellationToken cancellationToken)
    {
        try
        {
            var deadline = _deadline.Arm(patience);
            using var stop = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline); // not null: passed here
            do await ReceiveAsync(_receivedBytes, deadline.Token).ConfigureAwait(false);
            while (!isAnswered());
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            _deadline.Disarm();
        }
    }

    /// <summary>
    /// True if the line falls quiet behind an answer before <paramref name="holdsNoOther"/> finds another one among <see cref="Received"/>; false also if it does not within
    /// <paramref name="patience"/>.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> IsAloneAsync(TimeSpan quiet, TimeSpan patience, Func<bool> holdsNoOther, CancellationToken cancellationToken)
    {
        var begunAt = time.GetTimestamp();
        while (true)
        {
            if (!holdsNoOther()) return false;
            if (_receivedBytes > maxFrameBytes) Consume(_receivedBytes - maxFrameBytes);
            if (!LineInput.IsWaiting(Link))
            {
                var rest = quiet - time.GetElapsedTime(HeardAt);
                if (rest <= TimeSpan.Zero) return true;
                await _pause.For(rest).ConfigureAwait(false);
                if (!LineInput.IsWaiting(Link)) continue;
            }
            if (time.GetElapsedTime(begunAt) > patience) return false;
            await ReceiveAsync(_receivedBytes, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The first bytes of <see cref="Received"/> are done with.</summary>
    public void Consume(int bytes)
    {
        _received.AsSpan(bytes, _receivedBytes - bytes).CopyTo(_received);
        _receivedBytes -= bytes;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveAsync(int at, CancellationToken cancellationToken)
    {
        var count = await Link.ReadAsync(_received.AsMemory(at), cancellationToken).ConfigureAwait(false);
        if (count == 0) throw new IOException("the other side closed it");
        _receivedBytes = at + count;
        HeardAt = time.GetTimestamp();
    }
}
