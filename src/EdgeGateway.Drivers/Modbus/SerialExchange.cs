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
internal sealed class SerialExchange : ModbusExchange
{
    /// <summary>So many questions of other shapes are asked until one is answered with data.</summary>
    private const int MaxTellings = 3;

    private readonly SerialFrame _frame;
    private readonly TimeProvider _time;
    private readonly byte[] _content = new byte[SerialFrame.MaxContentBytes];
    private readonly byte[] _question;

    // Unit and PDU of the question.
    private readonly byte[] _asked = new byte[1 + ReadPdu.QuestionBytes];

    // Unit and PDU of the last answer.
    private readonly byte[] _taken = new byte[SerialFrame.MaxContentBytes];
    private readonly QuietLine _line;
    private readonly OpenQuestions _open;
    private readonly Func<bool> _isAnswered;
    private readonly Func<bool> _holdsNoOther;
    private ReadRequest _request;
    private AnswerKind _kind;
    private byte _exception;
    private int _questionBytes;
    private int _takenBytes;

    // True once something of the asked unit and function has come that was no answer.
    private bool _heardUnit;

    public SerialExchange(SerialFrame frame, TimeProvider time)
    {
        (_frame, _time) = (frame, time);
        _question = new byte[frame.MaxBytes];
        _line = new QuietLine(frame.MaxBytes, time);
        _open = new OpenQuestions(time);
        (_isAnswered, _holdsNoOther) = (TakeAnswer, HoldsNoOther);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Data => _taken.AsSpan(0, _takenBytes)[Math.Min(3, _takenBytes)..];

    private byte Unit => _asked[0];

    /// <summary>What is open stays open: a serial server may hand an old answer to a new connection.</summary>
    public override void Attach(Stream link) => _line.Attach(link);

    /// <inheritdoc/>
    public override void TakeTurn() => _line.Forget();

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<Answer> AskAsync(ModbusDevice device, ReadRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (_open.Hides(device.Unit, request))
            {
                var cleared = await ClearAsync(device, request, patience, cancellationToken).ConfigureAwait(false);
                if (cleared.Kind is AnswerKind.Silence or AnswerKind.Bad) return cleared;
            }
            return await ConverseAsync(device, request, patience, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw new LineDownException($"the connection failed while unit {device.Unit} was asked: {e.Message}", e);
        }
    }

    /// <summary>
    /// Finds out that no old answer can come any more: by data of another shape. A refusal does not say what it refuses. It is good enough where only one answer is to come: if it is that one,
    /// nothing is left to come but the telling one's. With others before it, it may be one of those, with old data behind it.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Answer> ClearAsync(ModbusDevice device, ReadRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var tellings = 0; tellings < MaxTellings && _open.Telling(device, request) is { } telling; tellings++)
        {
            var isOnlyOne = _open.Count(device.Unit) == 1;
            var cleared = await ConverseAsync(device, telling, patience, cancellationToken).ConfigureAwait(false);
            if (cleared.Kind != AnswerKind.Refused || isOnlyOne) return cleared;
        }
        // The device bears no question of another length: nothing is left but to give the old answer its time.
        var now = _time.GetTimestamp();
        var isQuiet = await _line.IsQuietAsync(device.Timeout, 2 * device.Timeout, cancellationToken).ConfigureAwait(false);
        return new Answer(isQuiet ? AnswerKind.Data : AnswerKind.Bad, 0, now, _time.GetTimestamp());
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Answer> ConverseAsync(ModbusDevice device, ReadRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        var quiet = _line.SilenceFor(device.Quiet);
        _takenBytes = 0;
        var begunAt = _time.GetTimestamp();
        // Somebody else talks without a pause: nothing that came now could be told from an answer.
        if (!await _line.IsQuietAsync(quiet, device.Timeout, cancellationToken).ConfigureAwait(false))
            return new Answer(AnswerKind.Bad, 0, begunAt, _time.GetTimestamp());
        Begin(device.Unit, request);
        var isSettled = false;
        try
        {
            // Part of the question may be out: the next one would begin in the middle of it.
            if (!await _line.WriteAsync(_question.AsMemory(0, _questionBytes), device.Timeout, cancellationToken).ConfigureAwait(false))
                throw new LineDownException($"a question to unit {device.Unit} could not be sent within {DurationText.Format(device.Timeout)}");
            var answer = await ListenAsync(patience, cancellationToken).ConfigureAwait(false);
            if (answer.Kind is AnswerKind.Data or AnswerKind.Refused
                && !await _line.IsAloneAsync(quiet, device.Timeout, _holdsNoOther, cancellationToken).ConfigureAwait(false))
                answer = answer with { Kind = AnswerKind.Bad };
            // A refusal names neither place nor length.
            if (answer.Kind == AnswerKind.Refused && _open.Has(device.Unit)) answer = answer with { IsDoubtful = true };
            Remember(device.Unit, request, answer.Kind);
            isSettled = true;
            return answer;
        }
        finally
        {
            // The line was lost with this question out, or part of it: a serial server may hand its answer to the next connection.
            if (!isSettled) _open.Add(device.Unit, request);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Answer> ListenAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return await _line.ListenAsync(patience, _isAnswered, cancellationToken).ConfigureAwait(false)
                ? new Answer(_kind, _exception, _line.AskedAt, _line.HeardAt)
                : new Answer(_heardUnit ? AnswerKind.Bad : AnswerKind.Silence, 0, _line.AskedAt, _time.GetTimestamp());
        }
        catch (OperationCanceledException)
        {
            _open.Add(Unit, _request);
            throw;
        }
    }

    private void Remember(byte unit, ReadRequest request, AnswerKind kind)
    {
        if (kind == AnswerKind.Data) _open.Close(unit);
        // A refusal carries no length: while answers are missing it may be one of them.
        else if (kind != AnswerKind.Refused || _open.Has(unit)) _open.Add(unit, request);
    }

    private void Begin(byte unit, ReadRequest request)
    {
        _asked.AsSpan(0, 1).Fill(unit);
        ReadPdu.Write(_asked.AsSpan(1), request);
        _questionBytes = _frame.Write(_question, _asked);
        _request = request;
        _heardUnit = false;
    }

    /// <summary>Looks through what has come for the answer.</summary>
    private bool TakeAnswer()
    {
        var received = _line.Received;
        var question = _question.AsSpan(0, _questionBytes);
        var at = 0;
        var keepFrom = -1;
        while (at < received.Length)
        {
            var bytes = received[at..];
            // A line that hears itself. A question for 21 to 24 bits that comes back would even pass for an answer of three bytes.
            if (bytes.StartsWith(question))
            {
                at += _questionBytes;
                continue;
            }
            // An echo on its way is no word of the device, even if all but the last LF of it would pass for one.
            if (question.StartsWith(bytes))
            {
                if (keepFrom < 0) keepFrom = at;
                break;
            }
            var start = _frame.Read(bytes, _content, out var frameBytes, out var contentBytes);
            if (start == FrameStart.Whole)
            {
                at += frameBytes;
                if (!IsAnswer(contentBytes)) continue;
                _line.Consume(at);
                return true;
            }
            if (_frame.Begins(bytes, Unit, (byte)_request.Area)) _heardUnit = true;
            if (start == FrameStart.Partial && keepFrom < 0) keepFrom = at;
            at++;
        }
        _line.Consume(keepFrom < 0 ? received.Length : keepFrom);
        return false;
    }

    private bool IsAnswer(int contentBytes)
    {
        // The question itself, in whatever spelling it comes back, is no answer.
        if (_content[0] != Unit || _content.AsSpan(0, contentBytes).SequenceEqual(_asked)) return false;
        _kind = ReadPdu.Judge(_content.AsSpan(1, contentBytes - 1), _request, out _, out _exception);
        if (_kind == AnswerKind.Bad)
        {
            // A late answer to another question, or nonsense: the right one may still come.
            _heardUnit = true;
            return false;
        }
        _content.AsSpan(0, contentBytes).CopyTo(_taken);
        _takenBytes = contentBytes;
        return true;
    }

    /// <summary>
    /// True if nothing but noise and copies of the answer stands behind it. Another answer means that one of the two is not
    /// for this question: a copy of an earlier answer that came late, with the right one behind it.
    /// </summary>
    private bool HoldsNoOther()
    {
        var received = _line.Received;
        for (var at = 0; at < received.Length;)
        {
            if (_frame.Read(received[at..], _content, out var frameBytes, out var contentBytes) != FrameStart.Whole)
            {
                at++;
                continue;
            }
            at += frameBytes;
            var content = _content.AsSpan(0, contentBytes);
            if (content[0] == Unit && !content.SequenceEqual(_taken.AsSpan(0, _takenBytes))) return false;
        }
        return true;
    }
}
