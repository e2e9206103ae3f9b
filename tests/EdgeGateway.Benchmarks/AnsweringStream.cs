using System.Buffers.Binary;

namespace EdgeGateway.Benchmarks;

/// <summary>A Modbus TCP device without a network: answers each question at once with a fixed block of registers, without allocating.</summary>
internal sealed class AnsweringStream(int registers) : Stream
{
    private readonly byte[] _answer = new byte[9 + registers * 2];
    private int _read;
    private int _ready;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var question = buffer.Span;
        question[..4].CopyTo(_answer);
        BinaryPrimitives.WriteUInt16BigEndian(_answer.AsSpan(4), (ushort)(3 + registers * 2));
        _answer[6] = question[6];
        _answer[7] = question[7];
        _answer[8] = (byte)(registers * 2);
        for (var i = 0; i < registers; i++) BinaryPrimitives.WriteInt16BigEndian(_answer.AsSpan(9 + 2 * i), (short)(1000 + 7 * i + question[1]));
        (_read, _ready) = (0, _answer.Length);
        return ValueTask.CompletedTask;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(buffer.Length, _ready - _read);
        _answer.AsSpan(_read, count).CopyTo(buffer.Span);
        _read += count;
        return ValueTask.FromResult(count);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
