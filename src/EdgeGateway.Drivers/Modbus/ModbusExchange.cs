namespace EdgeGateway.Drivers.Modbus;

/// <summary>What came of one question.</summary>
/// <param name="Kind">Data, refusal, nonsense or silence.</param>
/// <param name="Exception">The exception code of a refusal; else 0.</param>
/// <param name="AskedAt"><see cref="TimeProvider.GetTimestamp"/> when the question had been written.</param>
/// <param name="AnsweredAt"><see cref="TimeProvider.GetTimestamp"/> when the whole answer was there or the wait had ended.</param>
/// <param name="IsDoubtful">True for a refusal that may belong to an earlier question, whose answer was still to come: nothing is to be learned from it.</param>
internal readonly record struct Answer(AnswerKind Kind, byte Exception, long AskedAt, long AnsweredAt, bool IsDoubtful = false);

/// <summary>
/// One question and its answer on a stream: the framing, and with it the rule which bytes belong to which question. One per kind of frame.
/// One question at a time.
/// </summary>
internal abstract class ModbusExchange
{
    /// <summary>The data of the last answer of <see cref="AnswerKind.Data"/>; valid until the next question.</summary>
    public abstract ReadOnlySpan<byte> Data { get; }

    /// <summary>Starts on a new stream; what was left of the one before is forgotten.</summary>
    public abstract void Attach(Stream link);

    /// <summary>Another protocol has used the stream: <see cref="IDriver.TakeTurn"/>.</summary>
    public abstract void TakeTurn();

    /// <summary>Asks and waits at most <see cref="DeviceSettings.Timeout"/>.</summary>
    public ValueTask<Answer> AskAsync(ModbusDevice device, ReadRequest request, CancellationToken cancellationToken) =>
        AskAsync(device, request, device.Timeout, cancellationToken);

    /// <summary>Asks and waits at most <paramref name="patience"/>.</summary>
    /// <exception cref="LineDownException">The stream is closed or no longer carries frames.</exception>
    /// <exception cref="OperationCanceledException">The worker is stopping.</exception>
    public abstract ValueTask<Answer> AskAsync(ModbusDevice device, ReadRequest request, TimeSpan patience, CancellationToken cancellationToken);
}
