using EdgeGateway.Drivers.Framing;
using EdgeGateway.Drivers.Tests.Dlt645;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Framing;

public sealed class Dlt645FrameTests
{
    private readonly byte[] _content = new byte[Dlt645Frame.MaxContentBytes];

    public static TheoryData<string> Right => [.. Vectors.All.Select(vector => vector.Id).Where(id => id != "V26")];

    [Theory, MemberData(nameof(Right))]
    public void A_known_frame_is_whole_and_is_written_the_same_way(string id)
    {
        var frame = Vectors.Frame(id);

        Assert.Equal(FrameStart.Whole, Dlt645Frame.Read(frame, _content, out var frameBytes, out var contentBytes));

        Assert.Equal(frame.Length, frameBytes);
        var written = new byte[Dlt645Frame.MaxPreamble + Dlt645Frame.MaxBytes];
        var length = Dlt645Frame.Write(written, _content.AsSpan(0, contentBytes), preamble: 0);
        Assert.Equal(frame, written[..length]);
    }

    [Fact]
    public void A_wrong_check_is_no_frame() => Assert.Equal(FrameStart.None, Dlt645Frame.Read(Vectors.Frame("V26"), _content, out _, out _));

    [Theory, MemberData(nameof(Right))]
    public void No_prefix_is_a_frame_and_none_is_given_up(string id)
    {
        var frame = Vectors.Frame(id);
        for (var length = 1; length < frame.Length; length++)
            Assert.Equal(FrameStart.Partial, Dlt645Frame.Read(frame.AsSpan(0, length), _content, out _, out _));
    }

    [Theory, MemberData(nameof(Right))]
    public void A_single_wrong_bit_is_no_such_frame(string id)
    {
        var frame = Vectors.Frame(id);
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            var spoilt = frame.ToArray();
            spoilt[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.NotEqual(FrameStart.Whole, Dlt645Frame.Read(spoilt, _content, out _, out _));
        }
    }

    [Fact]
    public void More_than_200_data_bytes_are_no_frame()
    {
        var frame = MeterWire.Encode(new byte[6], 0x91, new byte[201], preamble: 0);
        Assert.Equal(FrameStart.None, Dlt645Frame.Read(frame, _content, out _, out _));
        Assert.Equal(FrameStart.Whole, Dlt645Frame.Read(MeterWire.Encode(new byte[6], 0x91, new byte[200], preamble: 0), _content, out _, out _));
    }

    [FsCheck.Xunit.Property]
    public void Any_bytes_are_read_without_a_fault(byte[] bytes)
    {
        byte[] withStart = [0x68, .. bytes];
        for (var at = 0; at < withStart.Length; at++)
        {
            Dlt645Frame.Read(withStart.AsSpan(at), _content, out var frameBytes, out var contentBytes);
            Assert.InRange(frameBytes, 0, withStart.Length - at);
            Assert.InRange(contentBytes, 0, Dlt645Frame.MaxContentBytes);
        }
    }

    [FsCheck.Xunit.Property]
    public void What_the_simulator_writes_is_read(ulong address, byte control, byte[] data, byte preamble)
    {
        byte[] cut = [.. data.Take(Dlt645Frame.MaxDataBytes)];
        var addressBytes = BitConverter.GetBytes(address)[..6];
        var frame = MeterWire.Encode(addressBytes, control, cut, preamble % 9);

        var at = 0;
        FrameStart start;
        int frameBytes, contentBytes;
        while ((start = Dlt645Frame.Read(frame.AsSpan(at), _content, out frameBytes, out contentBytes)) == FrameStart.None) at++;

        Assert.Equal((FrameStart.Whole, frame.Length), (start, at + frameBytes));
        byte[] expected = [.. addressBytes, control, .. cut];
        Assert.Equal(expected, _content[..contentBytes]);
    }

    [FsCheck.Xunit.Property]
    public void What_is_written_is_read_by_the_simulator(ulong address, byte control, byte[] data, byte preamble)
    {
        byte[] content = [.. BitConverter.GetBytes(address)[..6], control, .. data.Take(Dlt645Frame.MaxDataBytes)];
        var frame = new byte[Dlt645Frame.MaxPreamble + Dlt645Frame.MaxBytes];
        var length = Dlt645Frame.Write(frame, content, preamble % 9);

        var taken = MeterWire.TakeQuestion([.. frame.Take(length)]);

        Assert.NotNull(taken);
        byte[] all = [.. taken.Value.Address, taken.Value.Control, .. taken.Value.Data];
        Assert.Equal(content, all);
    }
}
