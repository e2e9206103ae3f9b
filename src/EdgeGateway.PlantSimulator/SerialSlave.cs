using System.Net.Sockets;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// The slaves of a serial line with one master: takes questions out of the stream, lets the device that is meant answer, and does to the answer what
/// the device's fault says. As on a bus, everything happens in order: while one answer waits for its time, later questions wait behind it. A
/// unit nobody has stays silent.
/// </summary>
/// <param name="link">What the master is connected to.</param>
/// <param name="hangUp">Ends the connection abruptly.</param>
/// <param name="line">Whose devices answer.</param>
/// <param name="wire">The kind of frames.</param>
/// <param name="time">The clock of serve times and delays.</param>
internal sealed class SerialSlave(Stream link, Action hangUp, SimulatedLine line, SerialWire wire, TimeProvider time) : ISlaveConversation
{
    private readonly CancellationTokenSource _ended = new();
    private readonly List<byte> _received = [];
    private byte[]? _previous;

    /// <inheritdoc/>
    public void Reset()
    {
        _ended.Cancel();
        hangUp();
    }

    /// <inheritdoc/>
    public async Task ServeAsync()
    {
        try
        {
            var buffer = new byte[SerialWire.MaxFrame];
            while (true)
            {
                var read = await link.ReadAsync(buffer, _ended.Token).ConfigureAwait(false);
                if (read == 0) return;
                _received.AddRange(buffer.AsSpan(0, read));
                while (wire.TakeQuestion(_received) is { } question)
                {
                    if (line.Fault == LineFault.DropConnections) return;
                    await AnswerAsync(question).ConfigureAwait(false);
                }
                // Noise without an end: nothing in it can still become a question.
                if (_received.Count > 2 * SerialWire.MaxFrame) _received.RemoveRange(0, SerialWire.MaxFrame);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The master is gone, or a fault or the end of the plant cut the line: nothing is left to do for it.
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>After <see cref="ServeAsync"/> has returned and nobody can call <see cref="Reset"/> any more.</summary>
    public void Dispose()
    {
        Reset();
        _ended.Dispose();
        link.Dispose();
    }

    private async ValueTask AnswerAsync(byte[] question)
    {
        if (line.Unit(question[0]) is not { } device)
        {
            line.CountStray(question[1]);
            return;
        }
        // The fault first: whoever sees the question counted may already switch to the next fault.
        var fault = device.Fault;
        device.Count(question[1]);
        // A frame without a transaction has no wrong one to carry: of that fault only the missing answer is left.
        if (fault.Kind is FaultKind.Silent or FaultKind.StaleTransaction) return;
        if (fault.Kind is FaultKind.SlowReply or FaultKind.LateReply) await Task.Delay(fault.Delay, time, _ended.Token).ConfigureAwait(false);
        var content = new byte[1 + 253];
        content[0] = question[0];
        var length = 1 + device.Answer(question.AsSpan(1), content.AsSpan(1), time.GetUtcNow().ToUnixTimeMilliseconds(), fault);
        content = content[..length];
        var right = wire.Encode(content);
        await SendAsync(fault, wire.Encode(question), content, right).ConfigureAwait(false);
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
                    if (fault.Delay > TimeSpan.Zero) await Task.Delay(fault.Delay, time, _ended.Token).ConfigureAwait(false);
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
                await SendAsync(right[..Math.Min(right.Length - wire.EndBytes, (int)fault.Code)]).ConfigureAwait(false);
                break;
            case FaultKind.ResetMidFrame:
                await SendAsync(right[..(right.Length / 2)]).ConfigureAwait(false);
                Reset();
                break;
            default:
                await SendAsync(wire.Encode(Spoilt(content, fault.Kind), fault.Kind != FaultKind.BadCheck)).ConfigureAwait(false);
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

    private ValueTask SendAsync(params byte[] bytes) => link.WriteAsync(bytes, _ended.Token);
}
