using EdgeGateway.Drivers.Framing;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>A question that is out on Modbus TCP, and what has come of it. Used over and over.</summary>
internal sealed class MbapQuestion
{
    private readonly byte[] _data = new byte[ReadPdu.MaxDataBytes];
    private int _dataBytes;

    /// <summary>What is asked for.</summary>
    public ReadRequest Request { get; private set; }

    /// <summary>What tells its answer from others.</summary>
    public ushort TransactionId { get; private set; }

    /// <summary>The whole frame as it goes out.</summary>
    public byte[] Frame { get; } = new byte[MbapFrame.HeaderBytes + ReadPdu.QuestionBytes];

    /// <summary><see cref="TimeProvider.GetTimestamp"/> when it had been written.</summary>
    public long AskedAt { get; set; }

    /// <summary>What came of it; null while it is open.</summary>
    public Answer? Answer { get; private set; }

    /// <summary>The data of an answer of <see cref="AnswerKind.Data"/>.</summary>
    public ReadOnlySpan<byte> Data => _data.AsSpan(0, _dataBytes);

    /// <summary>Begins anew; the frame is written by whoever sends it.</summary>
    public void Begin(ushort transactionId, ReadRequest request)
    {
        (TransactionId, Request) = (transactionId, request);
        (AskedAt, _dataBytes, Answer) = (0, 0, null);
    }

    /// <summary>Ends with an answer, or without.</summary>
    public void End(AnswerKind kind, byte exception, ReadOnlySpan<byte> data, long at)
    {
        data.CopyTo(_data);
        _dataBytes = data.Length;
        Answer = new Answer(kind, exception, AskedAt, at);
    }
}
