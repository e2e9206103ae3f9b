using EdgeGateway.Drivers.Framing;

namespace EdgeGateway.Drivers.Tests.Framing;

public sealed class MbapFrameTests
{
    private static readonly byte[] Whole = Convert.FromHexString("12340000000711030401020304");

    [Fact]
    public void A_whole_frame_is_read()
    {
        Assert.True(MbapFrame.TryRead(Whole, out var frame));
        Assert.Equal(0x1234, frame.TransactionId);
        Assert.Equal(0x11, frame.Unit);
        Assert.Equal("030401020304", Convert.ToHexString(frame.Pdu));
    }

    [Fact]
    public void No_prefix_of_a_frame_is_a_frame()
    {
        for (var length = 0; length < Whole.Length; length++)
            Assert.False(MbapFrame.TryRead(Whole.AsSpan(0, length), out _), $"{length} bytes");
    }

    [Fact]
    public void What_follows_a_frame_is_left_alone()
    {
        Assert.True(MbapFrame.TryRead([.. Whole, 0xFF, 0xFF], out var frame));
        Assert.Equal(Whole, frame.Bytes.ToArray());
    }

    [Theory]
    [InlineData("000100010003", "protocol 1 and length 3")]
    [InlineData("000101000003", "protocol 256 and length 3")]
    [InlineData("000100000000", "protocol 0 and length 0")]
    [InlineData("000100000001", "protocol 0 and length 1")]
    [InlineData("0001000000FF", "protocol 0 and length 255")]
    [InlineData("00010000FFFF", "protocol 0 and length 65535")]
    [InlineData("474554202F20", "protocol 21536 and length 12064")]
    public void An_impossible_header_is_named(string header, string found)
    {
        var e = Assert.Throws<LineDownException>(() => MbapFrame.TryRead(Convert.FromHexString(header), out _));

        Assert.Contains(header, e.Message, StringComparison.Ordinal);
        Assert.Contains(found, e.Message, StringComparison.Ordinal);
        Assert.Contains("expected protocol 0 and a length from 2 to 254", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_and_the_shortest_frame_are_frames()
    {
        Assert.True(MbapFrame.TryRead([0, 1, 0, 0, 0, 254, .. new byte[254]], out var longest));
        Assert.Equal(MbapFrame.MaxBytes, longest.Bytes.Length);
        Assert.True(MbapFrame.TryRead([0, 1, 0, 0, 0, 2, 1, 3], out var shortest));
        Assert.Equal(1, shortest.Pdu.Length);
    }

    [FsCheck.Xunit.Property]
    public void What_is_written_is_read(ushort id, byte unit, byte[] data)
    {
        byte[] pdu = [3, .. data.Take(252)];
        var bytes = new byte[MbapFrame.MaxBytes];
        var length = MbapFrame.WriteHeader(bytes, id, unit, pdu.Length);
        pdu.CopyTo(bytes, MbapFrame.HeaderBytes);

        Assert.True(MbapFrame.TryRead(bytes.AsSpan(0, length), out var frame));
        Assert.Equal(id, frame.TransactionId);
        Assert.Equal(unit, frame.Unit);
        Assert.Equal(pdu, frame.Pdu.ToArray());
    }
}
