namespace EdgeGateway.PlantSimulator;

/// <summary>
/// The Modbus slaves of a serial line: the device that is meant answers, and what its fault says is done to the answer. A unit nobody has stays silent.
/// </summary>
/// <param name="bus">What the master is connected to.</param>
/// <param name="line">Whose devices answer.</param>
/// <param name="frames">Which of them: those that speak in these frames.</param>
/// <param name="time">The clock of serve times and delays.</param>
internal sealed class SerialSlave(BusConversation bus, SimulatedLine line, LineWire frames, TimeProvider time) : IBusSpeaker
{
    private readonly SerialWire _wire = frames == LineWire.Ascii ? SerialWire.Ascii : SerialWire.Rtu;
    private byte[]? _previous;

    /// <inheritdoc/>
    public Func<ValueTask>? Take(List<byte> received) => _wire.TakeQuestion(received) is { } question ? () => AnswerAsync(question) : null;

    private async ValueTask AnswerAsync(byte[] question)
    {
        if (line.Unit(frames, question[0]) is not { } device)
        {
            line.CountStray(question[1]);
            return;
        }
        // The fault first: whoever sees the question counted may already switch to the next fault.
        var fault = device.Fault;
        device.Count(question[1]);
        // A frame without a transaction has no wrong one to carry: of that fault only the missing answer is left.
        if (fault.Kind is FaultKind.Silent or FaultKind.StaleTransaction) return;
        if (fault.Kind is FaultKind.SlowReply or FaultKind.LateReply) await Task.Delay(fault.Delay, time, bus.Ended).ConfigureAwait(false);
        var content = new byte[1 + 253];
        content[0] = question[0];
        var length = 1 + device.Answer(question.AsSpan(1), content.AsSpan(1), time.GetUtcNow().ToUnixTimeMilliseconds(), fault);
        content = content[..length];
        var right = _wire.Encode(content);
        await SendAsync(fault, _wire.Encode(question), content, right).ConfigureAwait(false);
        _previous = right;
    }

    private async ValueTask SendAsync(Fault fault, byte[] question, byte[] content, byte[] right)
    {
        switch (fault.Kind)
        {
            case FaultKind.Split:
                foreach (var one in right)
                {
                    await SendAsync(one).ConfigureAwait(false);
                    if (fault.Delay > TimeSpan.Zero) await Task.Delay(fault.Delay, time, bus.Ended).ConfigureAwait(false);
                }
                break;
            case FaultKind.Duplicate:
                await SendAsync(right).ConfigureAwait(false);
                await SendAsync(right).ConfigureAwait(false);
                break;
            case FaultKind.Glued:
                await SendAsync([.. _previous ?? right, .. right]).ConfigureAwait(false);
                break;
            case FaultKind.Echo:
                await SendAsync([.. question, .. right]).ConfigureAwait(false);
                break;
            case FaultKind.NoiseBefore:
                await SendAsync([.. Noise.Of(fault.Code, content), .. right]).ConfigureAwait(false);
                break;
            case FaultKind.NoiseAfter:
                await SendAsync([.. right, .. Noise.Of(fault.Code, content)]).ConfigureAwait(false);
                break;
            case FaultKind.GarbageHeader:
                await SendAsync(Noise.Of(Noise.Random, content)).ConfigureAwait(false);
                break;
            case FaultKind.Truncated:
                await SendAsync(right[..Math.Min(right.Length - _wire.EndBytes, (int)fault.Code)]).ConfigureAwait(false);
                break;
            case FaultKind.ResetMidFrame:
                await SendAsync(right[..(right.Length / 2)]).ConfigureAwait(false);
                bus.Reset();
                break;
            default:
                await SendAsync(_wire.Encode(Spoilt(content, fault.Kind), fault.Kind != FaultKind.BadCheck)).ConfigureAwait(false);
                break;
        }
    }

    private static byte[] Spoilt(byte[] content, FaultKind kind)
    {
        var isRefusal = (content[1] & 0x80) != 0;
        switch (kind)
        {
            case FaultKind.ForeignUnit:
                content[0]++;
                break;
            case FaultKind.WrongFunction:
                // 1 <-> 2, 3 <-> 4; a refusal keeps its mark.
                content[1] = (byte)(((content[1] - 1) ^ 1) + 1);
                break;
            case FaultKind.WrongByteCount when !isRefusal:
                content[2]--;
                break;
            case FaultKind.WrongLength when !isRefusal:
                content[2] += 2;
                return [.. content, 0, 0];
        }
        return content;
    }

    private ValueTask SendAsync(params byte[] bytes) => bus.SendAsync(bytes);
}
