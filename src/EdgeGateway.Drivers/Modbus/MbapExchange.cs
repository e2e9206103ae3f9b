using System.Net.Sockets;
using System.Runtime.CompilerServices;
using EdgeGateway.Drivers.Framing;
using EdgeGateway.Drivers.Links;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// Questions and answers on Modbus TCP. An answer is taken only if it began after the question was written and its transaction id, unit,
/// function, byte count and length all fit; a frame with another transaction id is discarded, as the Messaging guide demands (V1.0b, 4.4.1.4).
/// <para>
/// Transaction ids count through all 65,536 values and never start again, not even on a new stream (some serial servers pass an old answer on
/// to the next connection). An abandoned id therefore comes up again after 65,535 other questions: to do so within twice the timeout, one
/// connection would have to answer 32,000 questions a second at a timeout of 1 s, or 546 a second, without pause, at the longest timeout of
/// 60 s. One question at a time over a network does not reach the first, and a line with a silent device does not reach the second,
/// because every silence costs it its timeout, or a probe's patience, in which nothing is asked.
/// </para>
/// </summary>
internal sealed class MbapExchange(TimeProvider time) : ModbusExchange
{
    /// <summary>An answer that is taken this many timeouts after its question counts as none. More than one, because a busy machine's timers are late.</summary>
    private const int MostTimeouts = 2;

    private readonly byte[] _question = new byte[MbapFrame.HeaderBytes + ReadPdu.QuestionBytes];
    private readonly byte[] _data = new byte[ReadPdu.MaxDataBytes];

    // Room for a whole frame behind the start of another one: there is always space to read into.
    private readonly byte[] _received = new byte[2 * MbapFrame.MaxBytes];
    private readonly AnswerDeadline _deadline = new(time);
    private Stream? _link;
    private int _receivedBytes;
    private int _dataBytes;
    private ushort _transactionId;

    // True while the bytes at the start of the buffer came before the question was written: whatever they become, it is no answer.
    private bool _startIsOld;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Data => _data.AsSpan(0, _dataBytes);

    /// <inheritdoc/>
    public override void Attach(Stream link)
    {
        _link = link;
        _receivedBytes = 0;
    }

    /// <summary>Never needed: a stream of these frames is not shared (<see cref="DriverType.SharesLine"/>).</summary>
    public override void TakeTurn() => throw new InvalidOperationException("Modbus TCP shares its stream with no other protocol");

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<Answer> AskAsync(ModbusDevice device, ReadRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        var link = _link ?? throw new InvalidOperationException("a stream must be attached before the first question");
        cancellationToken.ThrowIfCancellationRequested();
        DropOldFrames();
        WriteQuestion(device.Unit, request);
        var isWritten = false;
        var askedAt = 0L;
        try
        {
            var deadline = _deadline.Arm(patience);
            using var stop = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
            await link.WriteAsync(_question, deadline.Token).ConfigureAwait(false);
            isWritten = true;
            askedAt = time.GetTimestamp();
            while (true)
            {
                var count = await link.ReadAsync(_received.AsMemory(_receivedBytes), deadline.Token).ConfigureAwait(false);
                if (count == 0) throw new LineDownException(Closed(device, request));
                _receivedBytes += count;
                if (TakeAnswer(device.Unit, request, out var exception) is not { } kind) continue;
                // The deadline should have come first: this process stood still, and nobody knows when in that time the values were true.
                if (time.GetElapsedTime(askedAt) > MostTimeouts * device.Timeout) kind = AnswerKind.Silence;
                return new Answer(kind, exception, askedAt, time.GetTimestamp());
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException) when (isWritten)
        {
            return new Answer(AnswerKind.Silence, 0, askedAt, time.GetTimestamp());
        }
        catch (OperationCanceledException e)
        {
            // Part of the question may be out: the next one would begin in the middle of it.
            throw new LineDownException($"a question to unit {device.Unit} could not be sent within {DurationText.Format(patience)}", e);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw new LineDownException($"the connection failed while unit {device.Unit} was asked: {e.Message}", e);
        }
        finally
        {
            _deadline.Disarm();
        }
    }

    private void WriteQuestion(byte unit, ReadRequest request)
    {
        _transactionId = unchecked((ushort)(_transactionId + 1));
        var pduBytes = ReadPdu.Write(_question.AsSpan(MbapFrame.HeaderBytes), request);
        MbapFrame.WriteHeader(_question, _transactionId, unit, pduBytes);
        _startIsOld = _receivedBytes > 0;
        _dataBytes = 0;
    }

    private void DropOldFrames()
    {
        while (TryRead(out var frame)) Consume(frame.Bytes.Length);
    }

    /// <summary>The next frame, without the heartbeats of the other side in front of it. No heartbeat can be the start of a frame (<see cref="ModbusTcpType.HeartbeatNeeded"/>).</summary>
    private bool TryRead(out MbapFrame frame)
    {
        frame = default;
        if (_link is { } link && LineInput.Heartbeat(link) is { IsEmpty: false } heartbeat)
        {
            while (_received.AsSpan(0, _receivedBytes).StartsWith(heartbeat))
            {
                Consume(heartbeat.Length);
                _startIsOld = false; // what was old was the start of the heartbeat
            }
            if (heartbeat.StartsWith(_received.AsSpan(0, _receivedBytes))) return false; // the rest of one is on its way, or nothing is there
        }
        return MbapFrame.TryRead(_received.AsSpan(0, _receivedBytes), out frame);
    }

    private AnswerKind? TakeAnswer(byte unit, ReadRequest request, out byte exception)
    {
        exception = 0;
        while (TryRead(out var frame))
        {
            var kind = _startIsOld ? null : Judge(frame, unit, request, out exception);
            _startIsOld = false;
            Consume(frame.Bytes.Length);
            if (kind is not null) return kind;
        }
        return null;
    }

    private AnswerKind? Judge(MbapFrame frame, byte unit, ReadRequest request, out byte exception)
    {
        exception = 0;
        if (frame.TransactionId != _transactionId) return null;
        // A question for 21 to 24 bits that comes back as it went out would pass for an answer of three bytes.
        if (frame.Unit != unit || frame.Bytes.SequenceEqual(_question)) return AnswerKind.Bad;
        var kind = ReadPdu.Judge(frame.Pdu, request, out var data, out exception);
        data.CopyTo(_data);
        _dataBytes = data.Length;
        return kind;
    }

    private void Consume(int bytes)
    {
        _received.AsSpan(bytes, _receivedBytes - bytes).CopyTo(_received);
        _receivedBytes -= bytes;
    }

    private string Closed(ModbusDevice device, ReadRequest request) => _receivedBytes == 0
        ? $"the other side closed the connection, expected the answer of unit {device.Unit} to {request.Quantity} {request.Area} from {request.Address}"
        : $"the other side closed the connection {_receivedBytes} bytes into a frame, expected the whole answer of unit {device.Unit}";
}
