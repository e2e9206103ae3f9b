using EdgeGateway.Drivers.Dlt645;

namespace EdgeGateway.Drivers.Tests.Dlt645;

public sealed class Dlt645KeysTests
{
    private static readonly Dlt645Type Type = new();

    [Theory]
    [InlineData("202107072529", "202107072529")]
    [InlineData("000000000001", "000000000001")]
    [InlineData("AAAAAAAA2529", "AAAAAAAA2529")]
    [InlineData("aaaaaaaaaaaa", "AAAAAAAAAAAA")]
    public void An_address_is_read(string text, string expected)
    {
        Assert.True(MeterAddress.TryParse(text, out var address));
        Assert.Equal(expected, address.ToString());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("20210707252")]
    [InlineData("2021070725299")]
    [InlineData("20210707252B")]
    [InlineData("2021AAAA2529")]
    [InlineData("A02107072529")]
    [InlineData("0x2107072529")]
    [InlineData("-02107072529")]
    [InlineData("999999999999")]
    public void What_no_meter_answers_to_is_refused(string address) =>
        Assert.Equal("address", Assert.Single(Device(new() { ["address"] = address }, out _)).Key);

    [Fact]
    public void A_meter_without_an_address_is_refused() => Assert.Equal("address", Assert.Single(Device([], out _)).Key);

    [Fact]
    public void Everything_but_the_address_has_a_default()
    {
        Assert.Empty(Device(new() { ["address"] = "000000000001" }, out var device));
        Assert.Equal((Edition.Of2007, 4, true, 16), (device!.Edition, device.Preamble, device.Blocks, device.FollowUps));
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(30)), (device.Timeout, device.Quiet));
    }

    [Theory]
    [InlineData("edition", "2010")]
    [InlineData("preamble", "9")]
    [InlineData("timeout", "10ms")]
    [InlineData("quiet", "2s")]
    [InlineData("blocks", "maybe")]
    [InlineData("follow-ups", "256")]
    public void A_value_out_of_bounds_is_refused(string key, string value) =>
        Assert.Equal(key, Assert.Single(Device(new() { ["address"] = "000000000001", [key] = value }, out _)).Key);

    [Theory]
    [InlineData("", "", "", "", "di")]
    [InlineData("0201010", "", "", "", "di")]
    [InlineData("voltage", "", "", "", "di")]
    [InlineData("02010100", "", "XX.XX", "", "format")]
    [InlineData("02020100", "", "", "no", "sign")]
    [InlineData("ua", "", "", "yes", "sign")]
    [InlineData("02010100", "2", "", "", "member")]
    [InlineData("0201FF00", "", "", "", "member")]
    [InlineData("0201FF00", "4", "", "", "member")]
    [InlineData("0E000001", "", "", "", "format")]
    [InlineData("0E000001", "", "XX.X", "", "format")]
    [InlineData("0E000001", "", "HHHH", "yes", "format")]
    [InlineData("0E000001", "", "XX.XX", "maybe", "sign")]
    public void A_slip_in_a_map_is_refused_where_it_stands(string di, string member, string format, string sign, string key)
    {
        Assert.Null(MeterMap.Read("s", new() { ["di"] = di, ["member"] = member, ["format"] = format, ["sign"] = sign }, out var faults));
        Assert.Equal(key, Assert.Single(faults).Key);
    }

    [Fact]
    public void A_wrong_format_is_told_the_right_one()
    {
        MeterMap.Read("s", new() { ["di"] = "02010100", ["format"] = "XX.XX" }, out var faults);
        Assert.Contains("XXX.X", Assert.Single(faults).Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("02010100", "", "XXX.X", "no")]
    [InlineData("ia", "", "", "yes")]
    [InlineData("UA", "", "", "")]
    [InlineData("01010000", "2", "", "")]
    [InlineData("0e000001", "", "XXXX.XX", "yes")]
    [InlineData("0E000001", "2", "XX.XXXX YYMMDDhhmm", "yes")]
    [InlineData("E001", "", "HHHH", "")]
    public void What_is_right_is_read(string di, string member, string format, string sign)
    {
        Assert.NotNull(MeterMap.Read("s", new() { ["di"] = di, ["member"] = member, ["format"] = format, ["sign"] = sign }, out var faults));
        Assert.Empty(faults);
    }

    [Fact]
    public void One_identifier_of_a_vendor_cannot_mean_two_things()
    {
        Assert.True(Type.Overlap(Own("XX.XX", ""), Own("XXX.X", "")));
        Assert.True(Type.Overlap(Own("XX.XX", ""), Own("XX.XX", "yes")));
        Assert.False(Type.Overlap(Own("XX.XX", ""), Own("XX.XX", "")));
        Assert.False(Type.Overlap(MeterMap.Point("ua"), MeterMap.Point("0201FF00#1")));

        static DevicePoint Own(string format, string sign) => MeterMap.Read("s", new() { ["di"] = "0E000001", ["format"] = format, ["sign"] = sign }, out _)!;
    }

    private static List<SettingFault> Device(Dictionary<string, string> cells, out MeterDevice? device)
    {
        var faults = new List<SettingFault>();
        device = (MeterDevice?)Type.ReadDevice(new SettingRow(cells, faults.Add));
        Assert.Equal(faults.Count > 0, device is null);
        return faults;
    }

    [Fact]
    public void The_least_time_of_a_poll_follows_the_speed_of_the_port()
    {
        var port = SerialAddress.Parse(new Uri("serial:///dev/ttyS0?baud=2400&format=8E1"), out _)!; // well formed

        var least = Type.LeastTime(MeterMap.Group("forward-active"), port);

        // 2 ms and 5 ms of silence; four FE, 16 bytes there and 20 back, of 11 bits each; the time of a character is rounded to 100 ns.
        Assert.Equal(0.007 + 40 * 11 / 2400.0, least.TotalSeconds, 5);
    }

    [Fact]
    public void Seven_data_bits_are_refused_with_what_would_be_right()
    {
        var port = SerialAddress.Parse(new Uri("serial:///dev/ttyS0?baud=2400&format=7E1"), out _)!; // well formed

        Assert.Contains("8E1", Type.PortNeeded(port), StringComparison.Ordinal);
    }
}
