namespace EdgeGateway.PlantSimulator;

/// <summary>
/// The meters of a bus: the meter that is meant answers, and what its fault says is done to the reply. Several meters that are meant at once
/// talk over each other; an address nobody has stays silent.
/// </summary>
/// <param name="bus">What the master is connected to.</param>
/// <param name="line">Whose meters answer.</param>
/// <param name="time">The clock of serve times and delays.</param>
internal sealed class MeterBus(BusConversation bus, SimulatedLine line, TimeProvider time) : IBusSpeaker
{
    private const int Preamble = 4;

    private byte[]? _previous;

    /// <inheritdoc/>
    public Func<ValueTask>? Take(List<byte> received) =>
        MeterWire.TakeQuestion(received) is { } question ? () => AnswerAsync(question.Address, question.Control, question.Data) : null;

    private async ValueTask AnswerAsync(byte[] address, byte control, byte[] data)
    {
        List<SimulatedMeter> meant = [.. line.Meters.Where(meter => MeterWire.IsMeant(address, meter.Address))];
        if (meant.Count == 0) line.CountStrayMeter(control);
        else if (meant.Count == 1)
        {
            meant[0].Count(control);
            await AnswerAsync(meant[0], address, control, data).ConfigureAwait(false);
            meant[0].CountReply();
        }
        else await CollideAsync(meant, control, data).ConfigureAwait(false);
    }

    private async ValueTask AnswerAsync(SimulatedMeter meter, byte[] asked, byte control, byte[] data)
    {
        var fault = meter.Fault;
        // A reply without a transaction has no wrong one to carry: of that fault only the missing reply is left.
        if (fault.Kind is FaultKind.Silent or FaultKind.StaleTransaction) return;
        if (fault.Kind is FaultKind.SlowReply or FaultKind.LateReply) await Task.Delay(fault.Delay, time, bus.Ended).ConfigureAwait(false);
        if (meter.Answer(control, data, time.GetUtcNow().ToUnixTimeMilliseconds(), fault) is not { } reply) return;
        var own = MeterWire.AddressBytes(meter.Address);
        var right = MeterWire.Encode(own, reply.Control, reply.Data, Preamble);
        await SendAsync(fault, MeterWire.Encode(asked, control, data), own, reply.Control, reply.Data, right).ConfigureAwait(false);
        _previous = right;
    }

    /// <summary>On two wires a zero wins over a one: what arrives is no frame of anybody.</summary>
    private async ValueTask CollideAsync(List<SimulatedMeter> meters, byte control, byte[] data)
    {
        byte[] mixed = [];
        foreach (var meter in meters)
        {
            meter.Count(control);
            if (meter.Fault.Kind == FaultKind.Silent) continue;
            // In the ledger: a reply whose check was wrong when it arrived.
            if (meter.Answer(control, data, time.GetUtcNow().ToUnixTimeMilliseconds(), Fault.BadCheck) is not { } reply) continue;
            var frame = MeterWire.Encode(MeterWire.AddressBytes(meter.Address), reply.Control, reply.Data, Preamble);
            mixed = [.. Enumerable.Range(0, Math.Max(mixed.Length, frame.Length))
                .Select(i => (byte)((i < mixed.Length ? mixed[i] : 0xFF) & (i < frame.Length ? frame[i] : 0xFF)))];
        }
        if (mixed.Length > 0) await SendAsync(mixed).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(Fault fault, byte[] question, byte[] own, byte control, byte[] data, byte[] right)
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
                await SendAsync([.. NoiseOf(fault.Code, own, control), .. right]).ConfigureAwait(false);
                break;
            case FaultKind.NoiseAfter:
                await SendAsync([.. right, .. NoiseOf(fault.Code, own, control)]).ConfigureAwait(false);
                break;
            case FaultKind.GarbageHeader:
                await SendAsync(Noise.Of(Noise.Random, own)).ConfigureAwait(false);
                break;
            case FaultKind.Truncated:
                await SendAsync(right[..Math.Min(right.Length - 1, (int)fault.Code)]).ConfigureAwait(false);
                break;
            case FaultKind.ResetMidFrame:
                await SendAsync(right[..(right.Length / 2)]).ConfigureAwait(false);
                bus.Reset();
                break;
            default:
                await SendAsync(Spoilt(fault, own, control, data)).ConfigureAwait(false);
                break;
        }
    }

    private static byte[] Spoilt(Fault fault, byte[] own, byte control, byte[] data)
    {
        var isRefusal = (control & 0x40) != 0;
        switch (fault.Kind)
        {
            case FaultKind.Preamble:
                return MeterWire.Encode(own, control, data, fault.Code);
            case FaultKind.BadCheck:
                return MeterWire.Encode(own, control, data, Preamble, isCheckRight: false);
            case FaultKind.ForeignUnit:
                // The next meter: the lowest digit one higher.
                byte[] next = [(byte)(own[0] % 16 == 9 ? own[0] - 9 : own[0] + 1), .. own[1..]];
                return MeterWire.Encode(next, control, data, Preamble);
            case FaultKind.WrongFunction:
                return MeterWire.Encode(own, (byte)((control & 0xE0) | 0x14), data, Preamble);
            case FaultKind.WrongByteCount:
                return MeterWire.Encode(own, control, data, Preamble, data.Length - 1);
            case FaultKind.WrongLength when !isRefusal:
                return MeterWire.Encode(own, control, [.. data, 0], Preamble);
            case FaultKind.ForeignItem when !isRefusal:
                return MeterWire.Encode(own, control, [(byte)(data[0] + 1), .. data[1..]], Preamble);
            default:
                return MeterWire.Encode(own, control, data, Preamble);
        }
    }

    private static byte[] NoiseOf(byte kind, byte[] own, byte control) =>
        kind == Noise.Head ? [0x68, .. own, 0x68, control, 0x40, 0x33] : Noise.Of(kind, own);

    private ValueTask SendAsync(params byte[] bytes) => bus.SendAsync(bytes);
}
