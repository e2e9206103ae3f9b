using System.Text.RegularExpressions;
using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Drivers.Tests.Modbus;

/// <summary>The examples people copy work.</summary>
public sealed partial class ModbusReadmeTests
{
    private static readonly ModbusTcpType Type = new();
    private static readonly string Readme = File.ReadAllText(Repository.PathOf("src/EdgeGateway.Drivers/Modbus/README.md"));

    [Fact]
    public void The_map_of_the_readme_is_read_without_a_fault()
    {
        var lines = Block("csv").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var header = lines[0].Split(',');
        Assert.Equal(["signal", .. Type.PointColumns], header);

        var points = new List<DevicePoint>();
        foreach (var line in lines[1..])
        {
            var faults = new List<SettingFault>();
            var cells = header.Zip(line.Split(',')).ToDictionary(cell => cell.First, cell => cell.Second.Trim());
            var point = Type.ReadPoint(cells["signal"], new SettingRow(cells, faults.Add));
            Assert.True(point is not null, $"{line}: {string.Join("; ", faults)}");
            points.Add(point);
        }
        points.Sort(Type.Compare);
        Assert.True(points.Count >= 6);
        Assert.DoesNotContain(points.SelectMany((left, i) => points.Skip(i + 1).Select(right => (left, right))), pair => Type.Overlap(pair.left, pair.right));
    }

    [Fact]
    public void The_device_keys_of_the_readme_are_read_without_a_fault()
    {
        var cells = Block("yaml").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('#')[0].Split(':', 2)).ToDictionary(key => key[0].Trim(), key => key[1].Trim());
        var faults = new List<SettingFault>();

        Assert.NotNull(Type.ReadDevice(new SettingRow(cells, faults.Add)));
        Assert.Empty(faults);
        Assert.Equal(Type.DeviceKeys, cells.Keys);
    }

    private static string Block(string language) =>
        Fence().Matches(Readme).Single(match => match.Groups["language"].Value == language).Groups["text"].Value;

    [GeneratedRegex("```(?<language>[a-z]+)\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Fence();
}
