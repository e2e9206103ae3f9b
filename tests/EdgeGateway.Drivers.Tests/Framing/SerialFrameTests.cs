using System.Text;
using EdgeGateway.Drivers.Framing;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Framing;

/// <summary>RTU and ASCII frames against numbers from the standard, and against the simulator's encoders, which know nothing of them.</summary>
public sealed class SerialFrameTests
{
    private readonly byte[] _content = new byte[SerialFrame.MaxContentBytes];

    [Fact]
    public void The_CRC_has_its_check_value() => Assert.Equal(0x4B37, Crc16.Of("123456789"u8));

    [Fact]
    public void A_question_is_framed_as_in_the_standard()
    {
        // Application Protocol V1.1b3, 6.3: registers 108 to 110 of unit 17.
        byte[] content = [0x11, 0x03, 0x00, 0x6B, 0x00, 0x03];
        var bytes = new byte[64];

        Assert.Equal("1103006B00037687", Convert.ToHexString(bytes.AsSpan(0, new RtuFrame().Write(bytes, content))));
        Assert.Equal(":1103006B00037E\r\n", Encoding.ASCII.GetString(bytes.AsSpan(0, new AsciiFrame().Write(bytes, content))));
    }

    [Theory]
    [InlineData("rtu", 1)]
    [InlineData("rtu", 2)]
    [InlineData("rtu", 125)]
    [InlineData("ascii", 1)]
    [InlineData("ascii", 2)]
    [InlineData("ascii", 125)]
    public void An_answer_is_whole_with_its_last_byte_and_not_before(string kind, int registers)
    {
        var (frame, wire) = Of(kind);
        byte[] content = [7, 3, (byte)(2 * registers), .. Enumerable.Range(0, 2 * registers).Select(i => (byte)(i * 7))];
        var bytes = wire.Encode(content);

        for (var length = 1; length < bytes.Length - (kind == "ascii" ? 1 : 0); length++)
            Assert.Equal(FrameStart.Partial, frame.Read(bytes.AsSpan(0, length), _content, out _, out _));
        Assert.Equal(FrameStart.Whole, frame.Read([.. bytes, 1, 2, 3], _content, out var frameBytes, out var contentBytes));
        Assert.Equal(bytes.Length, frameBytes);
        Assert.Equal(content, _content[..contentBytes]);
    }

    [Theory]
    [InlineData("rtu")]
    [InlineData("ascii")]
    public void A_refusal_is_a_frame(string kind)
    {
        var (frame, wire) = Of(kind);

        Assert.Equal(FrameStart.Whole, frame.Read(wire.Encode([1, 0x83, 2]), _content, out _, out var contentBytes));
        Assert.Equal([1, 0x83, 2], _content[..contentBytes]);
    }

    [Theory]
    [InlineData("rtu")]
    [InlineData("ascii")]
    public void A_frame_with_any_bit_turned_over_is_not_whole(string kind)
    {
        var (frame, wire) = Of(kind);
        var right = wire.Encode([1, 3, 4, 0x12, 0x34, 0x56, 0x78]);
        // The last two characters of an ASCII frame carry nothing: CR is the end, LF is not waited for.
        for (var bit = 0; bit < 8 * (right.Length - (kind == "ascii" ? 1 : 0)); bit++)
        {
            var wrong = right.ToArray();
            wrong[bit / 8] ^= (byte)(1 << bit % 8);
            var isSameDigit = kind == "ascii" && char.ToUpperInvariant((char)wrong[bit / 8]) == (char)right[bit / 8];
            if (!isSameDigit) Assert.NotEqual(FrameStart.Whole, frame.Read(wrong, _content, out _, out _));
        }
    }

    [Fact]
    public void Digits_may_be_small() =>
        Assert.Equal(FrameStart.Whole, new AsciiFrame().Read(":010302abcd82\r"u8, _content, out _, out _));

    [Fact]
    public void A_colon_in_the_middle_begins_a_new_frame() =>
        Assert.Equal(FrameStart.None, new AsciiFrame().Read(":0103:010302ABCD82\r\n"u8, _content, out _, out _));

    [Theory]
    [InlineData("rtu")]
    [InlineData("ascii")]
    public void Whatever_the_bytes_reading_does_not_throw(string kind)
    {
        var (frame, _) = Of(kind);
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(1, 600)];
            random.NextBytes(bytes);
            if (kind == "ascii") for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)":0123456789ABCDEF\r"[i == 0 ? 0 : bytes[i] % 18];
            frame.Read(bytes, _content, out _, out var contentBytes);
            frame.Begins(bytes, 1, 3);
            Assert.InRange(contentBytes, 0, SerialFrame.MaxContentBytes);
        }
    }

    private static (SerialFrame Frame, SerialWire Wire) Of(string kind) =>
        kind == "rtu" ? (new RtuFrame(), SerialWire.Rtu) : (new AsciiFrame(), SerialWire.Ascii);
}
