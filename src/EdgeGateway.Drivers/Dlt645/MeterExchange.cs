using System.Net.Sockets;
using System.Runtime.CompilerServices;
using EdgeGateway.Drivers.Framing;
using EdgeGateway.Drivers.Links;

namespace EdgeGateway.Drivers.Dlt645;

/// <summary>What came of one question.</summary>
/// <param name="Kind">Data, refusal, nonsense or silence.</param>
/// <param name="Error">The error word of a refusal; else 0.</param>
/// <param name="AskedAt"><see cref="TimeProvider.GetTimestamp"/> when the (first) question had been written.</param>
/// <param name="AnsweredAt"><see cref="TimeProvider.GetTimestamp"/> when the whole reply was there or the wait had ended.</param>
internal readonly record struct Reply(ReplyKind Kind, byte Error, long AskedAt, long AnsweredAt);

/// <summary>
/// Questions and replies of DL/T 645 on a stream, one question at a time. A reply is taken only if
/// <list type="bullet">
/// <item>the line was quiet and everything that had come was thrown away before the question was written,</item>
/// <item>address, control, data identifier, sequence number, length, check and end fit, wherever it begins among other bytes,</item>
/// <item>no other reply to the same question stands behind it before the line falls quiet,</item>
/// <item>no reply for the same item is still to come (<see cref="OwedReplies"/>).</item>
/// </list>
/// What this cannot see is written in the README of this folder.
/// </summary>
internal sealed class MeterExchange
{
    /// <summary>So many items are tried until one is answered with data.</summary>
    private const int MaxTellings = 3;

    private readonly TimeProvider _time;
    private readonly byte[] _content = new byte[Dlt645Frame.MaxContentBytes];
    private readonly byte[] _question = new byte[Dlt645Frame.MaxPreamble + Dlt645Frame.MaxBytes];

    // Address, control and data of the reply that was taken.
    private readonly byte[] _taken = new byte[Dlt645Frame.MaxContentBytes];
    private readonly QuietLine _line;
    private readonly OwedReplies _owed;
    private readonly Func<bool> _isAnswered;
    private readonly Func<bool> _holdsNoOther;
    private byte[] _data = new byte[Dlt645Frame.MaxDataBytes];
    private TimeSpan _patience;
    private ReadMessage _message;
    private ReplyKind _kind;
    private byte _error;
    private int _questionBytes;
    private int _takenBytes;
    private int _dataBytes;
    private int _lastPartAt;

    // True if the meter owed nothing when the present question was asked.
    private bool _isOnlyOwed;

    // True once something of the asked meter has come that was no reply.
    private bool _heardMeter;

    public MeterExchange(TimeProvider time)
    {
        _time = time;
        _line = new QuietLine(Dlt645Frame.MaxBytes, time);
        _owed = new OwedReplies(time);
        (_isAnswered, _holdsNoOther) = (TakeReply, HoldsNoOther);
    }

    /// <summary>The data of the last reply, without identifier and sequence numbers; valid until the next question.</summary>
    public ReadOnlySpan<byte> Data => _data.AsSpan(0, _dataBytes);

    /// <summary>The meter that gave the last reply.</summary>
    public MeterAddress Speaker => MeterAddress.Read(_taken);

    /// <summary>
    /// True if bytes came behind the last question that were no frame: a reply that was spoilt on its way, or several meters that talked over each other.
    /// </summary>
    public bool HeardNoise { get; private set; }

    /// <summary>Starts on a new stream. What is owed stays owed: a serial server may hand an old reply to a new connection.</summary>
    public void Attach(Stream link) => _line.Attach(link);

    /// <summary>Nothing is owed by this meter: whoever calls knows that no late reply of it can do harm.</summary>
    public void Forget(MeterAddress meter) => _owed.Forget(meter);

    /// <summary>Another protocol has used the stream: what was kept of it belongs to nobody, and the line was heard just now.</summary>
    public void TakeTurn() => _line.Forget();

    /// <summary>Asks for an item, and for the frames that follow its first one.</summary>
    /// <param name="device">The meter.</param>
    /// <param name="item">What is asked for.</param>
    /// <param name="patience">How long each frame may take, at most <see cref="DeviceSettings.Timeout"/>.</param>
    /// <param name="cancellationToken">The worker is stopping.</param>
    /// <exception cref="LineDownException">The stream is closed.</exception>
    /// <exception cref="OperationCanceledException">The worker is stopping.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Reply> AskAsync(MeterDevice device, DataItem item, TimeSpan patience, CancellationToken cancellationToken)
    {
        _patience = patience;
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (_owed.Hides(device.Address, item.Edition, item.Identifier))
            {
                var cleared = await ClearAsync(device, item.Edition, cancellationToken).ConfigureAwait(false);
                if (cleared.Kind is ReplyKind.Silence or ReplyKind.Bad) return cleared;
            }
            var first = await ConverseAsync(device, ReadMessage.ForItem(device.Address, item.Edition, item.Identifier), cancellationToken).ConfigureAwait(false);
            return first.Kind == ReplyKind.DataAndMore ? await FollowAsync(device, item, first, cancellationToken).ConfigureAwait(false) : first;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw new LineDownException($"the connection failed while meter {device.Address} was asked: {e.Message}", e);
        }
    }

    /// <summary>Asks whoever is reached by the device's address for its own.</summary>
    /// <exception cref="LineDownException">The stream is closed.</exception>
    /// <exception cref="OperationCanceledException">The search is stopping.</exception>
    public async ValueTask<Reply> AskAddressAsync(MeterDevice device, CancellationToken cancellationToken)
    {
        _patience = device.Timeout;
        try
        {
            return await ConverseAsync(device, ReadMessage.ForAddress(device.Address), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw new LineDownException($"the connection failed while meter {device.Address} was asked for its address: {e.Message}", e);
        }
    }

    /// <summary>Finds out that no old reply can come any more: by data of another item, or by giving the old ones their time.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Reply> ClearAsync(MeterDevice device, Edition edition, CancellationToken cancellationToken)
    {
        for (var tellings = 0; tellings < MaxTellings; tellings++)
        {
            if (_owed.Telling(device.Address, edition) is not { } identifier) break;
            var telling = ReadMessage.ForItem(device.Address, edition, identifier);
            var cleared = await ConverseAsync(device, telling, cancellationToken).ConfigureAwait(false);
            // A refusal does not say what it refuses: it may be an old one, with old data behind it.
            if (cleared.Kind != ReplyKind.Refused) return cleared;
        }
        var now = _time.GetTimestamp();
        var isQuiet = await _line.IsQuietAsync(device.Timeout, 2 * device.Timeout, cancellationToken).ConfigureAwait(false);
        if (isQuiet) _owed.Close(device.Address);
        return new Reply(isQuiet ? ReplyKind.Data : ReplyKind.Bad, 0, now, _time.GetTimestamp());
    }

    /// <summary>All of an item or nothing: a frame that is missing, refused or another one's spoils the whole.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Reply> FollowAsync(MeterDevice device, DataItem item, Reply first, CancellationToken cancellationToken)
    {
        var speaker = Speaker;
        var last = first;
        for (var number = 1; last.Kind == ReplyKind.DataAndMore; number++)
        {
            var before = _lastPartAt;
            last = number > device.FollowUps ? first with { Kind = ReplyKind.Bad, AnsweredAt = last.AnsweredAt }
                : await ConverseAsync(device, ReadMessage.ForFollowUp(device.Address, item.Edition, item.Identifier, number), cancellationToken).ConfigureAwait(false);
            // Frames of 1997 carry no number: one that is equal to the one before is taken for its copy.
            var isCopy = item.Edition == Edition.Of1997 && number > 1 && last.Kind is ReplyKind.Data or ReplyKind.DataAndMore
                && _data.AsSpan(before, _lastPartAt - before).SequenceEqual(_data.AsSpan(_lastPartAt, _dataBytes - _lastPartAt));
            if (last.Kind is ReplyKind.Data or ReplyKind.DataAndMore && !isCopy && Speaker == speaker) continue;
            // What was still to be asked for is the meter's to send or to forget: the item is not asked for again before it has answered something else.
            _owed.Add(device.Address, item.Edition, item.Identifier);
            return new Reply(last.Kind == ReplyKind.Silence ? ReplyKind.Silence : ReplyKind.Bad, 0, first.AskedAt, last.AnsweredAt);
        }
        return first with { Kind = ReplyKind.Data, AnsweredAt = last.AnsweredAt };
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Reply> ConverseAsync(MeterDevice device, ReadMessage message, CancellationToken cancellationToken)
    {
        var quiet = _line.SilenceFor(device.Quiet);
        _takenBytes = 0;
        var begunAt = _time.GetTimestamp();
        // Somebody else talks without a pause: nothing that came now could be told from a reply.
        if (!await _line.IsQuietAsync(quiet, device.Timeout, cancellationToken).ConfigureAwait(false))
            return new Reply(ReplyKind.Bad, 0, begunAt, _time.GetTimestamp());
        Begin(device, message);
        Expect();
        // Part of the question may be out: the next one would begin in the middle of it.
        if (!await _line.WriteAsync(_question.AsMemory(0, _questionBytes), device.Timeout, cancellationToken).ConfigureAwait(false))
            throw new LineDownException($"a question to meter {device.Address} could not be sent within {DurationText.Format(device.Timeout)}");
        var reply = await _line.ListenAsync(_patience, _isAnswered, cancellationToken).ConfigureAwait(false)
            ? new Reply(_kind, _error, _line.AskedAt, _line.HeardAt)
            : Unanswered();
        var isAnswer = reply.Kind is ReplyKind.Data or ReplyKind.DataAndMore or ReplyKind.Refused;
        if (isAnswer && !await _line.IsAloneAsync(quiet, device.Timeout, _holdsNoOther, cancellationToken).ConfigureAwait(false)) reply = reply with { Kind = ReplyKind.Bad };
        else if (isAnswer) HeardNoise |= HoldsNoise();
        Remember(reply.Kind);
        if (reply.Kind is ReplyKind.Data or ReplyKind.DataAndMore) Keep();
        return reply;
    }

    private Reply Unanswered()
    {
        HeardNoise |= !_line.Received.IsEmpty;
        return new Reply(_heardMeter ? ReplyKind.Bad : ReplyKind.Silence, 0, _line.AskedAt, _time.GetTimestamp());
    }

    /// <summary>Notes the reply to the question as owed before a byte of it is out: however its way ends, it may have arrived.</summary>
    private void Expect()
    {
        if (_message.Control == ReadControl.Address) return;
        _isOnlyOwed = !_owed.Has(_message.Address);
        _owed.Add(_message.Address, _message.Edition, _message.Identifier);
    }

    private void Remember(ReplyKind kind)
    {
        if (_message.Control == ReadControl.Address) return;
        // A refusal does not name its item: while other replies are missing it may be one of them.
        if (kind is ReplyKind.Data or ReplyKind.DataAndMore || (kind == ReplyKind.Refused && _isOnlyOwed)) _owed.Close(_message.Address);
        else _owed.Add(_message.Address, _message.Edition, _message.Identifier);
    }

    /// <summary>Puts the data of the reply just taken behind that of the frames before it.</summary>
    private void Keep()
    {
        _message.Judge(_taken.AsSpan(0, _takenBytes), out var data, out _);
        if (_message.Control is not (ReadControl.FollowUp or ReadControl.FollowUp1997)) _dataBytes = 0;
        if (_dataBytes + data.Length > _data.Length) Array.Resize(ref _data, _dataBytes + Dlt645Frame.MaxDataBytes);
        data.CopyTo(_data.AsSpan(_dataBytes));
        _lastPartAt = _dataBytes;
        _dataBytes += data.Length;
    }

    private void Begin(MeterDevice device, ReadMessage message)
    {
        _message = message;
        var contentBytes = message.Write(_content);
        _questionBytes = Dlt645Frame.Write(_question, _content.AsSpan(0, contentBytes), device.Preamble);
        _heardMeter = false;
        HeardNoise = false;
    }

    /// <summary>Looks through what has come for the reply.</summary>
    private bool TakeReply()
    {
        var received = _line.Received;
        var at = 0;
        var keepFrom = -1;
        while (at < received.Length)
        {
            var bytes = received[at..];
            var start = Dlt645Frame.Read(bytes, _content, out var frameBytes, out var contentBytes);
            if (start == FrameStart.Whole)
            {
                at += frameBytes;
                _kind = _message.Judge(_content.AsSpan(0, contentBytes), out _, out _error);
                if (_kind is ReplyKind.Data or ReplyKind.DataAndMore or ReplyKind.Refused)
                {
                    _content.AsSpan(0, contentBytes).CopyTo(_taken);
                    _takenBytes = contentBytes;
                    _line.Consume(at);
                    return true;
                }
                // A late reply to another question, or nonsense: the right one may still come.
                if (_kind == ReplyKind.Bad) _heardMeter = true;
                continue;
            }
            if (Dlt645Frame.AddressAtStart(bytes) is { IsEmpty: false } address && _message.Address.Reaches(address)) _heardMeter = true;
            if (start == FrameStart.Partial && keepFrom < 0) keepFrom = at;
            else if (keepFrom < 0 && bytes[0] != Dlt645Frame.Preamble) HeardNoise = true;
            at++;
        }
        _line.Consume(keepFrom < 0 ? received.Length : keepFrom);
        return false;
    }

    /// <summary>
    /// True if nothing but noise, copies of the reply and replies to other questions stands behind it. Another reply to this question
    /// means that one of the two belongs to an earlier one.
    /// </summary>
    private bool HoldsNoOther()
    {
        var received = _line.Received;
        for (var at = 0; at < received.Length;)
        {
            if (Dlt645Frame.Read(received[at..], _content, out var frameBytes, out var contentBytes) != FrameStart.Whole)
            {
                at++;
                continue;
            }
            at += frameBytes;
            var content = _content.AsSpan(0, contentBytes);
            var kind = _message.Judge(content, out _, out _);
            if (kind is ReplyKind.Data or ReplyKind.DataAndMore or ReplyKind.Refused && !content.SequenceEqual(_taken.AsSpan(0, _takenBytes))) return false;
        }
        return true;
    }

    /// <summary>True if there is anything but whole frames and what goes ahead of them.</summary>
    private bool HoldsNoise()
    {
        var received = _line.Received;
        for (var at = 0; at < received.Length;)
        {
            if (Dlt645Frame.Read(received[at..], _content, out var frameBytes, out _) == FrameStart.Whole) at += frameBytes;
            else if (received[at++] != Dlt645Frame.Preamble) return true;
        }
        return false;
    }
}
