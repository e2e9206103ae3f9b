using System.Buffers.Binary;
using System.Net.Sockets;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// One master's connection: takes whole MBAP frames out of the stream, lets the device answer, and does to the answer what the
/// device's fault says. Questions are answered in order, unless the fault says otherwise. The buffers live as long as the connection.
/// </summary>
internal sealed class SlaveConnection(Socket socket, SimulatedLine line, TimeProvider time) : ISlaveConversation
{
    private const int Header = 7;
    private const int MaxFrame = 260;

    /// <summary>Late answers under way at once; further questions get none.</summary>
    private const int MaxLate = 64;

    private readonly byte[] _in = new byte[4 * MaxFrame];
    private readonly byte[] _out = new byte[MaxFrame];
    private readonly byte[] _previous = new byte[MaxFrame];
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _ended = new();
    private readonly List<Task> _late = [];
    private HeldAnswers? _held;
    private volatile bool _isAtWork;
    private int _previousLength;

    /// <summary>Ends the connection with a reset; a second call does nothing.</summary>
    public void Reset()
    {
        _ended.Cancel();
        socket.Close(0);
    }

    /// <summary>Answers until the master leaves or the connection is reset.</summary>
    public async Task ServeAsync()
    {
        try
        {
            socket.NoDelay = true;
            await ReadFramesAsync().ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // The master is gone, or a fault reset the connection: nothing is left to do for it.
        }
        catch (ObjectDisposedException)
        {
            // Reset by a fault or by the end of the plant.
        }
        catch (OperationCanceledException)
        {
            // Reset while an answer was waiting for its time.
        }
        finally
        {
            Reset();
            await Task.WhenAll(_late).ConfigureAwait(false);
        }
    }

    /// <summary>After <see cref="ServeAsync"/> has returned and nobody can call <see cref="Reset"/> any more.</summary>
    public void Dispose()
    {
        Reset();
        _writing.Dispose();
        _ended.Dispose();
        socket.Dispose();
    }

    private async Task ReadFramesAsync()
    {
        var filled = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(_in.AsMemory(filled), SocketFlags.None).ConfigureAwait(false);
            if (read == 0) return;
            filled += read;
            var at = 0;
            while (filled - at >= Header)
            {
                // A length no Modbus frame can have, or another protocol: a real slave closes, since it cannot find the next frame.
                int length = BinaryPrimitives.ReadUInt16BigEndian(_in.AsSpan(at + 4));
                if (BinaryPrimitives.ReadUInt16BigEndian(_in.AsSpan(at + 2)) != 0 || length is < 2 or > MaxFrame - 6) return;
                if (filled - at < 6 + length) break;
                if (line.Fault == LineFault.DropConnections) return;
                await AnswerAsync(_in.AsMemory(at, 6 + length)).ConfigureAwait(false);
                at += 6 + length;
            }
            _in.AsSpan(at, filled - at).CopyTo(_in);
            filled -= at;
        }
    }

    private async ValueTask AnswerAsync(ReadOnlyMemory<byte> question)
    {
        var (unit, function) = (question.Span[6], question.Span[7]);
        if (line.Unit(LineWire.Mbap, unit) is not { } device)
        {
            line.CountStray(function);
            var refusal = Header + ModbusFunction.Refuse(_out.AsSpan(Header), function, ModbusFunction.TargetFailedToRespond);
            Head(_out, question.Span, refusal);
            await SendAsync(_out.AsMemory(0, refusal)).ConfigureAwait(false);
            return;
        }
        // The fault first: whoever sees the question counted may already switch to the next fault.
        var fault = device.Fault;
        device.Count(function);
        switch (fault.Kind)
        {
            case FaultKind.Silent:
                return;
            case FaultKind.LateReply:
                AnswerLater(device, question.ToArray(), fault);
                return;
            case FaultKind.OneAtATime:
                if (_isAtWork) return;
                _isAtWork = true;
                AnswerLater(device, question.ToArray(), fault);
                return;
            case FaultKind.OutOfOrder:
                AnswerLastFirst(device, question.Span, fault);
                return;
            case FaultKind.SlowReply:
                await Task.Delay(fault.Delay, time, _ended.Token).ConfigureAwait(false);
                break;
        }
        var length = Make(device, question.Span, _out, fault);
        await SendAsync(question, _out.AsMemory(0, length), fault).ConfigureAwait(false);
    }

    private int Make(SimulatedDevice device, ReadOnlySpan<byte> question, byte[] answer, Fault fault)
    {
        var utcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var length = Header + device.Answer(question[Header..], answer.AsSpan(Header), utcMs, fault);
        Head(answer, question, length);
        return length;
    }

    private static void Head(Span<byte> answer, ReadOnlySpan<byte> question, int length)
    {
        question[..4].CopyTo(answer);
        BinaryPrimitives.WriteUInt16BigEndian(answer[4..], (ushort)(length - 6));
        answer[6] = question[6];
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> question, Memory<byte> answer, Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Glued:
                await SendGluedAsync(answer).ConfigureAwait(false);
                break;
            case FaultKind.Split:
                await SendSplitAsync(answer, fault.Delay).ConfigureAwait(false);
                break;
            case FaultKind.Duplicate:
                await SendAsync(answer).ConfigureAwait(false);
                await SendAsync(answer).ConfigureAwait(false);
                break;
            case FaultKind.Echo:
                await SendAsync(question).ConfigureAwait(false);
                await SendAsync(answer).ConfigureAwait(false);
                break;
            case FaultKind.NoiseBefore:
                await SendAsync((byte[])[.. Noise.Of(fault.Code, answer.Span[6..]), .. answer.Span]).ConfigureAwait(false);
                break;
            case FaultKind.NoiseAfter:
                await SendAsync((byte[])[.. answer.Span, .. Noise.Of(fault.Code, answer.Span[6..])]).ConfigureAwait(false);
                break;
            case FaultKind.Truncated:
                await SendAsync(answer[..Math.Min(answer.Length - 1, (int)fault.Code)]).ConfigureAwait(false);
                break;
            case FaultKind.ResetMidFrame:
                await SendAsync(answer[..(answer.Length / 2)]).ConfigureAwait(false);
                // On loopback the half frame is in the master's hands when the send returns; the reset only follows it.
                Reset();
                break;
            default:
                Remember(answer.Span);
                Spoil(answer.Span, fault.Kind);
                await SendAsync(answer).ConfigureAwait(false);
                return;
        }
        Remember(answer.Span);
    }

    private static void Spoil(Span<byte> answer, FaultKind kind)
    {
        switch (kind)
        {
            case FaultKind.ForeignUnit:
                answer[6]++;
                break;
            case FaultKind.WrongFunction:
                // 1 <-> 2, 3 <-> 4; a refusal keeps its mark.
                answer[7] = (byte)(((answer[7] - 1) ^ 1) + 1);
                break;
            case FaultKind.WrongLength:
                BinaryPrimitives.WriteUInt16BigEndian(answer[4..], (ushort)(answer.Length - 6 + 2));
                break;
            case FaultKind.WrongByteCount when (answer[7] & 0x80) == 0: // a refusal has no byte count
                answer[8]--;
                break;
            case FaultKind.StaleTransaction:
                BinaryPrimitives.WriteUInt16BigEndian(answer, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(answer) - 1));
                break;
            case FaultKind.GarbageHeader:
                BinaryPrimitives.WriteUInt32BigEndian(answer[2..], 0xDEAD_FFFF);
                break;
        }
    }

    private async ValueTask SendGluedAsync(Memory<byte> answer)
    {
        // Before the first answer there is none to repeat: the same answer under the transaction before it stands in.
        var first = _previousLength > 0 ? _previous.AsSpan(0, _previousLength).ToArray() : answer.ToArray();
        if (_previousLength == 0) Spoil(first, FaultKind.StaleTransaction);
        byte[] both = [.. first, .. answer.Span];
        await SendAsync(both).ConfigureAwait(false);
    }

    private async ValueTask SendSplitAsync(Memory<byte> answer, TimeSpan pause)
    {
        for (var i = 0; i < answer.Length; i++)
        {
            await SendAsync(answer.Slice(i, 1)).ConfigureAwait(false);
            if (pause > TimeSpan.Zero) await Task.Delay(pause, time, _ended.Token).ConfigureAwait(false);
        }
    }

    private void AnswerLater(SimulatedDevice device, byte[] question, Fault fault)
    {
        _late.RemoveAll(task => task.IsCompletedSuccessfully);
        if (_late.Count < MaxLate) _late.Add(AnswerLaterAsync(device, question, fault));
    }

    private async Task AnswerLaterAsync(SimulatedDevice device, byte[] question, Fault fault)
    {
        try
        {
            await Task.Delay(fault.Delay, time, _ended.Token).ConfigureAwait(false);
            var answer = new byte[MaxFrame];
            _isAtWork = false; // before the answer is out: whoever has it may ask again
            await SendAsync(answer.AsMemory(0, Make(device, question, answer, fault))).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The connection ended before the answer was due.
        }
        catch (ObjectDisposedException)
        {
            // The connection ended while the answer was made.
        }
        catch (SocketException)
        {
            // The master is gone.
        }
    }

    private void AnswerLastFirst(SimulatedDevice device, ReadOnlySpan<byte> question, Fault fault)
    {
        _late.RemoveAll(task => task.IsCompletedSuccessfully);
        if (_late.Count == MaxLate) return;
        var answer = new byte[MaxFrame];
        var length = Make(device, question, answer, fault);
        _held ??= new HeldAnswers(SendAsync, time);
        _late.Add(_held.HoldAsync(answer[..length], fault.Delay, _ended.Token));
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _writing.WaitAsync(_ended.Token).ConfigureAwait(false);
        try
        {
            while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None).ConfigureAwait(false)..];
        }
        finally
        {
            _writing.Release();
        }
    }

    private void Remember(ReadOnlySpan<byte> answer)
    {
        answer.CopyTo(_previous);
        _previousLength = answer.Length;
    }
}
