using System.Net.Sockets;
using System.Runtime.CompilerServices;
using EdgeGateway.Drivers.Framing;
using EdgeGateway.Drivers.Links;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// Questions and answers on Modbus TCP, one at a time or several together. An answer is taken only if it began after its question was written and its
/// transaction id, unit, function, byte count and length all fit; a frame with another transaction id is discarded, as the Messaging guide demands
/// (V1.0b, 4.4.1.4).
/// <para>
/// Of several questions each has its deadline, and the answers may come in any order. Whether the other side keeps its ids apart is another matter: one that puts the
/// id of the newest question, or of the one before, on every answer would bring right frames with other questions' data. It cannot do so without a frame whose id is
/// not open, or a question without an answer, before all of them are answered; so whoever asks looks at <see cref="HeardForeign"/> and at all answers together. Where a
/// question had no answer and something else came, the line is listened to until it is quiet before anything is asked again.
/// </para>
/// </summary>
internal sealed class MbapExchange(TimeProvider time) : ModbusExchange
{
    /// <summary>An answer that is taken this many timeouts after its question counts as none. More than one, because a busy machine's timers are late.</summary>
    private const int MostTimeouts = 2;

    private readonly List<MbapQuestion> _questions = [new()];

    // Room for a whole frame behind the start of another one: there is always space to read into.
    private readonly byte[] _received = new byte[2 * MbapFrame.MaxBytes];
    private readonly AnswerDeadline _deadline = new(time);
    private readonly TransactionIds _ids = new(time);
    private Stream? _link;
    private int _asked;
    private int _receivedBytes;

    // True while the bytes at the start of the buffer came before the questions were written: whatever they become, it is no answer.
    private bool _startIsOld;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Data => _questions[0].Data;

    /// <summary>True if, since the last questions were written, a frame has come that answered none of those that were open.</summary>
    public bool HeardForeign { get; private set; }

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
        _asked = 0;
        Begin(device, request);
        await ConverseAsync(device, patience, cancellationToken).ConfigureAwait(false);
        return AnswerTo(0);
    }

    /// <summary>Asks several questions at once; afterwards <see cref="AnswerTo"/> and <see cref="DataOf"/> have what came of each.</summary>
    /// <exception cref="LineDownException">The stream is closed or no longer carries frames: all of them are lost.</exception>
    /// <exception cref="OperationCanceledException">The worker is stopping.</exception>
    public ValueTask AskAsync(ModbusDevice device, IReadOnlyList<ReadRequest> requests, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(requests.Count, ModbusDevice.ProtocolMaxWindow);
        _asked = 0;
        for (var i = 0; i < requests.Count; i++) Begin(device, requests[i]);
        return ConverseAsync(device, device.Timeout, cancellationToken);
    }

    /// <summary>What came of one of the questions asked together.</summary>
    public Answer AnswerTo(int index) => _questions[index].Answer ?? throw new InvalidOperationException("the question is still open");

    /// <summary>The data of an answer of <see cref="AnswerKind.Data"/>; valid until the next question.</summary>
    public ReadOnlySpan<byte> DataOf(int index) => _questions[index].Data;

    private void Begin(ModbusDevice device, ReadRequest request)
    {
        if (_asked == _questions.Count) _questions.Add(new MbapQuestion());
        var question = _questions[_asked++];
        question.Begin(_ids.Next(), request);
        var pduBytes = ReadPdu.Write(question.Frame.AsSpan(MbapFrame.HeaderBytes), request);
        MbapFrame.WriteHeader(question.Frame, question.TransactionId, device.Unit, pduBytes);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ConverseAsync(ModbusDevice device, TimeSpan patience, CancellationToken cancellationToken)
    {
        var link = _link ?? throw new InvalidOperationException("a stream must be attached before the first question");
        cancellationToken.ThrowIfCancellationRequested();
        DropOldFrames();
        _startIsOld = _receivedBytes > 0;
        HeardForeign = false;
        try
        {
            await SendAsync(link, device, patience, cancellationToken).ConfigureAwait(false);
            // The deadline of sending runs on for the first question: it is armed once for each.
            for (var isArmed = true; FirstOpen() is { } first; isArmed = false)
            {
                var rest = patience - time.GetElapsedTime(first.AskedAt);
                if (isArmed || rest > TimeSpan.Zero) await ListenAsync(link, device, first, isArmed ? null : rest, cancellationToken).ConfigureAwait(false);
                if (first.Answer is null && (!isArmed || time.GetElapsedTime(first.AskedAt) >= patience)) first.End(AnswerKind.Silence, 0, default, time.GetTimestamp());
            }
            if (_asked > 1 && HasSilence() && (HeardForeign || HasAnswer())) await DrainAsync(link, device, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw new LineDownException($"the connection failed while unit {device.Unit} was asked: {e.Message}", e);
        }
        finally
        {
            _deadline.Disarm();
            GiveUpUnanswered();
        }
    }

    /// <summary>Writes all questions, and leaves the deadline armed. Nothing is read meanwhile: what begins behind them is no older than any of them.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(Stream link, ModbusDevice device, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            var deadline = _deadline.Arm(patience);
            using var stop = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline); // not null: passed here
            for (var i = 0; i < _asked; i++)
            {
                await link.WriteAsync(_questions[i].Frame, deadline.Token).ConfigureAwait(false);
                _questions[i].AskedAt = time.GetTimestamp();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException e)
        {
            // Part of the question may be out: the next one would begin in the middle of it.
            throw new LineDownException($"a question to unit {device.Unit} could not be sent within {DurationText.Format(patience)}", e);
        }
    }

    /// <summary>Takes answers until <paramref name="first"/> has its own, or its time is over; others may get theirs on the way.</summary>
    /// <param name="link">The stream.</param>
    /// <param name="device">Who was asked.</param>
    /// <param name="first">The question that has waited longest.</param>
    /// <param name="rest">What is left of its time; null while the deadline of its sending runs.</param>
    /// <param name="cancellationToken">The worker is stopping.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ListenAsync(Stream link, ModbusDevice device, MbapQuestion first, TimeSpan? rest, CancellationToken cancellationToken)
    {
        try
        {
            var deadline = rest is { } time ? ArmFor(time) : _deadline.Armed;
            using var stop = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline); // not null: passed here
            while (first.Answer is null)
            {
                var count = await link.ReadAsync(_received.AsMemory(_receivedBytes), deadline.Token).ConfigureAwait(false);
                if (count == 0) throw new LineDownException(Closed(device, first.Request));
                _receivedBytes += count;
                TakeAnswers(device);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The deadline: no answer is what the caller finds.
        }
    }

    /// <summary>
    /// Throws away what still comes until nothing has come for as long as the device may take. After it, no answer to these questions can be taken for that of a later one,
    /// not even where the other side puts the newest id on whatever it sends.
    /// </summary>
    /// <exception cref="LineDownException">There is no end to it.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask DrainAsync(Stream link, ModbusDevice device, CancellationToken cancellationToken)
    {
        // Each question may bring one answer late; what comes beyond that has no end.
        for (var answers = 0; answers <= _asked; answers++)
        {
            try
            {
                var deadline = ArmFor(device.Timeout);
                using var stop = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline); // not null: passed here
                do
                {
                    var count = await link.ReadAsync(_received.AsMemory(_receivedBytes), deadline.Token).ConfigureAwait(false);
                    if (count == 0) throw new LineDownException(Closed(device, _questions[0].Request));
                    _receivedBytes += count;
                }
                while (!DropFrame());
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
        throw new LineDownException($"unit {device.Unit} sends more frames than it was asked for, and does not stop");
    }

    private CancellationTokenSource ArmFor(TimeSpan rest)
    {
        _deadline.Disarm();
        // Timers count whole milliseconds: no question is given less than its time.
        return _deadline.Arm(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)));
    }

    /// <summary>Throws away one frame; false if there is none yet.</summary>
    private bool DropFrame()
    {
        if (!TryRead(out var frame)) return false;
        Consume(frame.Bytes.Length);
        return true;
    }

    private bool HasSilence()
    {
        for (var i = 0; i < _asked; i++)
            if (_questions[i].Answer is { Kind: AnswerKind.Silence }) return true;
        return false;
    }

    private bool HasAnswer()
    {
        for (var i = 0; i < _asked; i++)
            if (_questions[i].Answer is not { Kind: AnswerKind.Silence }) return true;
        return false;
    }

    private MbapQuestion? FirstOpen()
    {
        for (var i = 0; i < _asked; i++)
            if (_questions[i].Answer is null) return _questions[i];
        return null;
    }

    /// <summary>Whatever was not answered, or badly, may still be.</summary>
    private void GiveUpUnanswered()
    {
        for (var i = 0; i < _asked; i++)
            if (_questions[i].Answer is not { Kind: AnswerKind.Data or AnswerKind.Refused }) _ids.GiveUp(_questions[i].TransactionId);
    }

    private void DropOldFrames()
    {
        while (DropFrame())
        {
        }
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

    /// <summary>Hands whole frames to the questions they answer, as long as any is open.</summary>
    private void TakeAnswers(ModbusDevice device)
    {
        while (FirstOpen() is not null && TryRead(out var frame))
        {
            if (!_startIsOld && OpenWith(frame.TransactionId) is { } question) Judge(frame, device, question);
            else HeardForeign = true;
            _startIsOld = false;
            Consume(frame.Bytes.Length);
        }
    }

    private MbapQuestion? OpenWith(ushort transactionId)
    {
        for (var i = 0; i < _asked; i++)
            if (_questions[i].TransactionId == transactionId && _questions[i].Answer is null) return _questions[i];
        return null;
    }

    private void Judge(MbapFrame frame, ModbusDevice device, MbapQuestion question)
    {
        var now = time.GetTimestamp();
        var kind = AnswerKind.Bad;
        ReadOnlySpan<byte> data = default;
        byte exception = 0;
        // A question for 21 to 24 bits that comes back as it went out would pass for an answer of three bytes.
        if (frame.Unit == device.Unit && !frame.Bytes.SequenceEqual(question.Frame)) kind = ReadPdu.Judge(frame.Pdu, question.Request, out data, out exception);
        // The deadline should have come first: this process stood still, and nobody knows when in that time the values were true.
        if (time.GetElapsedTime(question.AskedAt, now) > MostTimeouts * device.Timeout)
        {
            kind = AnswerKind.Silence;
            data = default;
        }
        question.End(kind, exception, data, now);
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
