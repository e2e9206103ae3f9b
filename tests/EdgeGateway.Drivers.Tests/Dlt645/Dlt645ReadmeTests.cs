using System.Text.RegularExpressions;
using EdgeGateway.Drivers.Dlt645;

namespace EdgeGateway.Drivers.Tests.Dlt645;

/// <summary>The examples people copy work.</summary>
public sealed partial class Dlt645ReadmeTests
{
    private static readonly Dlt645Type Type = new();
    private static readonly string Readme = File.ReadAllText(Repository.PathOf("src/EdgeGateway.Drivers/Dlt645/README.md"));

    [Fact]
    public void The_map_of_the_readme_is_read_without_a_fault()
    {
        var lines = Block("csv").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var header = lines[0].Split(',');
        Assert.Equal(["signal", .. Type.PointColumns], header);
        foreach (var line in lines[1..])
        {
            var cells = header.Zip(line.Split(',')).ToDictionary(cell => cell.First, cell => cell.Second.Trim());
            Assert.True(MeterMap.Read(cells["signal"], cells, out var faults) is not null, $"{line}: {string.Join("; ", faults)}");
        }
    }

    [Fact]
    public void The_keys_of_the_readme_are_read_without_a_fault()
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
