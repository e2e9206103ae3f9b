using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.Drivers.Framing;
using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Fuzzing;

/// <summary>What comes over a line, from its first byte to its last: frames between noise, and what a driver makes of them.</summary>
internal static class SerialTargets
{
    private const byte Unit = 7;

    private static readonly ReadRequest[] Requests =
    [
        new(0, 1, ModbusArea.Coil, 0, 9), new(0, 1, ModbusArea.Discrete, 0, 2000), new(0, 1, ModbusArea.Holding, 0, 2), new(0, 1, ModbusArea.Input, 0, 125),
    ];

    private static readonly ReadMessage[] Messages =
    [
        ReadMessage.ForItem(MeterAddress.OfNumber(123456789012), Edition.Of2007, 0x00010000), ReadMessage.ForFollowUp(MeterAddress.OfNumber(123456789012), Edition.Of2007, 0x0001FF00, 1),
        ReadMessage.ForItem(MeterAddress.OfNumber(123456789012), Edition.Of1997, 0x9010), ReadMessage.ForAddress(MeterAddress.Wildcard),
    ];

    public static FuzzTarget Rtu { get; } = new("modbus-rtu", () => Answers(new RtuFrame()), bytes => Walk(new RtuFrame(), bytes));

    public static FuzzTarget Ascii { get; } = new("modbus-ascii", () => Answers(new AsciiFrame()), bytes => Walk(new AsciiFrame(), bytes));

    public static FuzzTarget Mbap { get; } = new("modbus-tcp", MbapAnswers, WalkMbap);

    public static FuzzTarget Dlt645 { get; } = new("dlt645", MeterReplies, WalkMeters);

    private static void Walk(SerialFrame frame, byte[] bytes)
    {
        Span<byte> content = stackalloc byte[SerialFrame.MaxContentBytes];
        Span<byte> again = stackalloc byte[frame.MaxBytes];
        for (var at = 0; at < bytes.Length;)
        {
            var start = frame.Read(bytes.AsSpan(at), content, out var frameBytes, out var contentBytes);
            if (start != FrameStart.Whole)
            {
                BrokenInvariantException.Unless(frameBytes == 0 && contentBytes == 0, "a frame that is not whole has no length");
                BrokenInvariantException.Unless(start != FrameStart.Partial || bytes.Length - at < frame.MaxBytes, "more bytes than the longest frame has, and still no answer");
                at++;
                continue;
            }
            BrokenInvariantException.Unless(frameBytes is > 0 && frameBytes <= bytes.Length - at && frameBytes <= frame.MaxBytes, $"a frame of {frameBytes} bytes out of {bytes.Length - at}");
            BrokenInvariantException.Unless(contentBytes >= 2, $"a content of {contentBytes} bytes");
            var written = frame.Write(again, content[..contentBytes]);
            // The line feed behind an ASCII frame may be missing.
            BrokenInvariantException.Unless(written == frameBytes || (frame is AsciiFrame && written == frameBytes + 1), "the frame of its own content has another length");
            Judge(content[1..contentBytes]);
            at += frameBytes;
        }
    }

    private static void WalkMbap(byte[] bytes)
    {
        Span<byte> header = stackalloc byte[MbapFrame.HeaderBytes];
        try
        {
            for (var at = 0; MbapFrame.TryRead(bytes.AsSpan(at), out var frame);)
            {
                BrokenInvariantException.Unless(frame.Bytes.Length <= MbapFrame.MaxBytes && frame.Pdu.Length >= 1, $"a frame of {frame.Bytes.Length} bytes");
                BrokenInvariantException.Unless(MbapFrame.WriteHeader(header, frame.TransactionId, frame.Unit, frame.Pdu.Length) == frame.Bytes.Length, "the frame of its own content has another length");
                BrokenInvariantException.Unless(frame.Bytes.StartsWith(header), "the frame of its own content has another header");
                Judge(frame.Pdu);
                at += frame.Bytes.Length;
            }
        }
        catch (LineDownException)
        {
            // The end of the conversation, and the right one.
        }
    }

    private static void Judge(ReadOnlySpan<byte> pdu)
    {
        foreach (var request in Requests)
        {
            var kind = ReadPdu.Judge(pdu, request, out var data, out _);
            BrokenInvariantException.Unless(data.Length == (kind == AnswerKind.Data ? request.DataBytes : 0), $"{kind} with {data.Length} bytes for {request}");
        }
    }

    private static void WalkMeters(byte[] bytes)
    {
        Span<byte> content = stackalloc byte[Dlt645Frame.MaxContentBytes];
        Span<byte> again = stackalloc byte[Dlt645Frame.MaxBytes];
        for (var at = 0; at < bytes.Length;)
        {
            if (Dlt645Frame.Read(bytes.AsSpan(at), content, out var frameBytes, out var contentBytes) != FrameStart.Whole)
            {
                at++;
                continue;
            }
            BrokenInvariantException.Unless(Dlt645Frame.Write(again, content[..contentBytes], 0) == frameBytes, "the frame of its own content has another length");
            BrokenInvariantException.Unless(again[..frameBytes].SequenceEqual(bytes.AsSpan(at, frameBytes)), "the frame of its own content is another");
            foreach (var message in Messages)
            {
                var kind = message.Judge(content[..contentBytes], out var data, out var error);
                BrokenInvariantException.Unless(kind is ReplyKind.Data or ReplyKind.DataAndMore == !data.IsEmpty, $"{kind} with {data.Length} bytes");
                BrokenInvariantException.Unless(kind == ReplyKind.Refused || error == 0, $"{kind} with error {error}");
            }
            at += frameBytes;
        }
    }

    private static IEnumerable<byte[]> Answers(SerialFrame frame)
    {
        foreach (var request in Requests)
        {
            byte[] answer = [Unit, (byte)request.Area, (byte)request.DataBytes, .. new byte[request.DataBytes]];
            var bytes = new byte[frame.MaxBytes];
            yield return bytes[..frame.Write(bytes, answer)];
        }
        var refusal = new byte[frame.MaxBytes];
        yield return refusal[..frame.Write(refusal, [Unit, 0x83, 0x02])];
    }

    private static IEnumerable<byte[]> MbapAnswers()
    {
        foreach (var request in Requests)
        {
            byte[] answer = [(byte)request.Area, (byte)request.DataBytes, .. new byte[request.DataBytes]];
            var bytes = new byte[MbapFrame.MaxBytes];
            var length = MbapFrame.WriteHeader(bytes, 1, Unit, answer.Length);
            answer.CopyTo(bytes, MbapFrame.HeaderBytes);
            yield return bytes[..length];
        }
    }

    private static IEnumerable<byte[]> MeterReplies()
    {
        foreach (var message in Messages)
        {
            var question = new byte[Dlt645Frame.MaxContentBytes];
            var length = message.Write(question);
            question[Dlt645Frame.ControlAt] |= 0x80;
            byte[] reply = message.Identifier == 0 ? [.. question[..length], .. question[..MeterAddress.Bytes]] : [.. question[..length], 0x78, 0x56, 0x34, 0x12];
            var frame = new byte[Dlt645Frame.MaxBytes + 4];
            yield return frame[..Dlt645Frame.Write(frame, reply, preamble: 4)];
        }
    }
}
