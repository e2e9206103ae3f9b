using System.Net.Sockets;
using System.Runtime.CompilerServices;
using EdgeGateway.Drivers.Framing;
using EdgeGateway.Drivers.Links;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// Questions and answers in RTU or ASCII frames, over TCP or a serial port. Such a frame names no question; so an answer is taken only if
/// <list type="bullet">
/// <item>the line was quiet and everything that had come was thrown away before the question was written,</item>
/// <item>unit, function, byte count, length and check fit, wherever it begins among other bytes,</item>
/// <item>the line is quiet behind it, or what follows is no other answer of this unit,</item>
/// <item>no answer of the same shape is still to come (<see cref="OpenQuestions"/>).</item>
/// </list>
/// What this cannot see is written in the README of this folder.
/// </summary>
internal sealed class SerialExchange(SerialFrame frame, TimeProvider time) : ModbusExchange
{
    private readonly byte[] _content = new byte[SerialFrame.MaxContentBytes];
    private readonly byte[] _question = new byte[frame.MaxBytes];

    // Unit and PDU of the question.
    private readonly byte[] _asked = new byte[1 + ReadPdu.QuestionBytes];

    // Unit and PDU of the last answer.
    private readonly byte[] _taken = new byte[SerialFrame.MaxContentBytes];

    // Room for a whole frame behind the start of another one: there is always space to read into.
    private readonly byte[] _received = new byte[2 * frame.MaxBytes];
    private readonly AnswerDeadline _deadline = new(time);
    private readonly Pause _pause = new(time);
    private readonly OpenQuestions _open = new(time);
    private Stream? _link;
    private TimeSpan _frameSilence;
    private long _heardAt;
    private int _questionBytes;
    private int _receivedBytes;
    private int _takenBytes;

    // True once something of the asked unit and function has come that was no answer.
    private bool _heardUnit;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Data => _taken.AsSpan(0, _takenBytes)[Math.Min(3, _takenBytes)..];

    /// <summary>What is open stays open: a serial server may hand an old answer to a new connection.</summary>
    public override void Attach(Stream link)
    {
        _link = link;
        _frameSilence = LineInput.FrameSilence(link);
        _receivedBytes = 0;
        _heardAt = time.GetTimestamp();
    }

    /// <inheritdoc/>
    public override void TakeTurn()
    {
        _receivedBytes = 0;
        _heardAt = time.GetTimestamp();
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<Answer> AskAsync(ModbusDevice device, ReadRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        var link = _link ?? throw new InvalidOperationException("a stream must be attached before the first question");
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (_open.Hides(device.Unit, request))
            {
                var cleared = await ClearAsync(link, device, request, patience, cancellationToken).ConfigureAwait(false);
                if (cleared.Kind is AnswerKind.Silence or AnswerKind.Bad) return cleared;
            }
            return await ConverseAsync(link, device, request, patience, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            _open.Add(device.Unit, request);
            throw new LineDownException($"the connection failed while unit {device.Unit} was asked: {e.Message}", e);
        }
    }

    /// <summary>Finds out that no old answer can come any more; a refusal of the telling question is good enough for that.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Answer> ClearAsync(Stream link, ModbusDevice device, ReadRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_open.Telling(device, request) is { } telling) return await ConverseAsync(link, device, telling, patience, cancellationToken).ConfigureAwait(false);
        // The device bears no question of another length: nothing is left but to give the old answer its time.
        var now = time.GetTimestamp();
        var isQuiet = await IsQuietAsync(link, device.Timeout, 2 * device.Timeout, cancellationToken).ConfigureAwait(false);
        return new Answer(isQuiet ? AnswerKind.Data : AnswerKind.Bad, 0, now, time.GetTimestamp());
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Answer> ConverseAsync(Stream link, ModbusDevice device, ReadRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        var quiet = device.Quiet > _frameSilence ? device.Quiet : _frameSilence;
        _takenBytes = 0;
        var begunAt = time.GetTimestamp();
        // Somebody else talks without a pause: nothing that came now could be told from an answer.
        if (!await IsQuietAsync(link, quiet, device.Timeout, cancellationToken).ConfigureAwait(false))
            return new Answer(AnswerKind.Bad, 0, begunAt, time.GetTimestamp());
        WriteQuestion(device.Unit, request);
        var answer = await ListenAsync(link, device, request, patience, cancellationToken).ConfigureAwait(false);
        if (answer.Kind is AnswerKind.Data or AnswerKind.Refused
            && !await IsAloneAsync(link, device, quiet, cancellationToken).ConfigureAwait(false))
            answer = answer with { Kind = AnswerKind.Bad };
        // A refusal names neither place nor length.
        if (answer.Kind == AnswerKind.Refused && _open.Has(device.Unit)) answer = answer with { IsDoubtful = true };
        Remember(device.Unit, request, answer.Kind);
        return answer;
    }

    private void Remember(byte unit, ReadRequest request, AnswerKind kind)
    {
        if (kind == AnswerKind.Data) _open.Close(unit);
        // A refusal carries no length: while answers are missing it may be one of them.
        else if (kind != AnswerKind.Refused || _open.Has(unit)) _open.Add(unit, request);
    }

    private void WriteQuestion(byte unit, ReadRequest request)
    {
        _asked.AsSpan(0, 1).Fill(unit);
        ReadPdu.Write(_asked.AsSpan(1), request);
        _questionBytes = frame.Write(_question, _asked);
        _receivedBytes = 0;
        _heardUnit = false;
    }

    /// <summary>Throws away what comes until nothing has come for <paramref name="quiet"/>; false if that does not happen within <paramref name="patience"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> IsQuietAsync(Stream link, TimeSpan quiet, TimeSpan patience, CancellationToken cancellationToken)
    {
        var begunAt = time.GetTimestamp();
        while (true)
        {
            if (LineInput.IsWaiting(link))
            {
                await ReceiveAsync(link, 0, cancellationToken).ConfigureAwait(false);
                if (time.GetElapsedTime(begunAt) > patience) return false;
            }
            else
            {
                var rest = quiet - time.GetElapsedTime(_heardAt);
                if (rest <= TimeSpan.Zero) return true;
                await _pause.For(rest).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Answer> ListenAsync(Stream link, ModbusDevice device, ReadRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        var isWritten = false;
        var askedAt = 0L;
        try
        {
            var deadline = _deadline.Arm(patience);
            using var stop = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline); // not null: passed here
            await link.WriteAsync(_question.AsMemory(0, _questionBytes), deadline.Token).ConfigureAwait(false);
            isWritten = true;
            askedAt = time.GetTimestamp();
            deadline.CancelAfter(patience); // a slow port has taken its time to send, which is not the device's
            while (true)
            {
                await ReceiveAsync(link, _receivedBytes, deadline.Token).ConfigureAwait(false);
                if (TakeAnswer(device.Unit, request, out var exception) is { } kind) return new Answer(kind, exception, askedAt, _heardAt);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (isWritten) _open.Add(device.Unit, request);
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException) when (isWritten)
        {
            return new Answer(_heardUnit ? AnswerKind.Bad : AnswerKind.Silence, 0, askedAt, time.GetTimestamp());
        }
        catch (OperationCanceledException e)
        {
            // Part of the question may be out: the next one would begin in the middle of it.
            throw new LineDownException($"a question to unit {device.Unit} could not be sent within {DurationText.Format(patience)}", e);
        }
        finally
        {
            _deadline.Disarm();
        }
    }

    /// <summary>
    /// True if the line falls quiet behind the answer, or brings nothing but noise and copies of it. Another answer means that one of the two is not
    /// for this question: a copy of an earlier answer that came late, with the right one behind it.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> IsAloneAsync(Stream link, ModbusDevice device, TimeSpan quiet, CancellationToken cancellationToken)
    {
        var begunAt = time.GetTimestamp();
        while (true)
        {
            if (!HoldsNoOther(device.Unit)) return false;
            if (!LineInput.IsWaiting(link))
            {
                var rest = quiet - time.GetElapsedTime(_heardAt);
                if (rest <= TimeSpan.Zero) return true;
                await _pause.For(rest).ConfigureAwait(false);
                if (!LineInput.IsWaiting(link)) continue;
            }
            if (time.GetElapsedTime(begunAt) > device.Timeout) return false;
            await ReceiveAsync(link, _receivedBytes, cancellationToken).ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveAsync(Stream link, int at, CancellationToken cancellationToken)
    {
        var count = await link.ReadAsync(_received.AsMemory(at), cancellationToken).ConfigureAwait(false);
        if (count == 0) throw new IOException("the other side closed it");
        _receivedBytes = at + count;
        _heardAt = time.GetTimestamp();
    }

    private AnswerKind? TakeAnswer(byte unit, ReadRequest request, out byte exception)
    {
        exception = 0;
        var at = 0;
        var keepFrom = -1;
        while (at < _receivedBytes)
        {
            var bytes = _received.AsSpan(at, _receivedBytes - at);
            // A line that hears itself. A question for 21 to 24 bits that comes back would even pass for an answer of three bytes.
            if (bytes.StartsWith(_question.AsSpan(0, _questionBytes)))
            {
                at += _questionBytes;
                continue;
            }
            // An echo on its way is no word of the device, even if all but the last LF of it would pass for one.
            if (_question.AsSpan(0, _questionBytes).StartsWith(bytes))
            {
                if (keepFrom < 0) keepFrom = at;
                break;
            }
            var start = frame.Read(bytes, _content, out var frameBytes, out var contentBytes);
            if (start == FrameStart.Whole)
            {
                at += frameBytes;
                if (Judge(contentBytes, unit, request, out exception) is not { } kind) continue;
                Consume(at);
                return kind;
            }
            if (frame.Begins(bytes, unit, (byte)request.Area)) _heardUnit = true;
            if (start == FrameStart.Partial && keepFrom < 0) keepFrom = at;
            at++;
        }
        Consume(keepFrom < 0 ? _receivedBytes : keepFrom);
        return null;
    }

    private AnswerKind? Judge(int contentBytes, byte unit, ReadRequest request, out byte exception)
    {
        exception = 0;
        // The question itself, in whatever spelling it comes back, is no answer.
        if (_content[0] != unit || _content.AsSpan(0, contentBytes).SequenceEqual(_asked)) return null;
        var kind = ReadPdu.Judge(_content.AsSpan(1, contentBytes - 1), request, out _, out exception);
        if (kind == AnswerKind.Bad)
        {
            // A late answer to another question, or nonsense: the right one may still come.
            _heardUnit = true;
            return null;
        }
        _content.AsSpan(0, contentBytes).CopyTo(_taken);
        _takenBytes = contentBytes;
        return kind;
    }

    private bool HoldsNoOther(byte unit)
    {
        for (var at = 0; at < _receivedBytes;)
        {
            if (frame.Read(_received.AsSpan(at, _receivedBytes - at), _content, out var frameBytes, out var contentBytes) != FrameStart.Whole)
            {
                at++;
                continue;
            }
            at += frameBytes;
            var content = _content.AsSpan(0, contentBytes);
            if (content[0] == unit && !content.SequenceEqual(_taken.AsSpan(0, _takenBytes))) return false;
        }
        if (_receivedBytes > frame.MaxBytes) Consume(_receivedBytes - frame.MaxBytes);
        return true;
    }

    private void Consume(int bytes)
    {
        _received.AsSpan(bytes, _receivedBytes - bytes).CopyTo(_received);
        _receivedBytes -= bytes;
    }
}
