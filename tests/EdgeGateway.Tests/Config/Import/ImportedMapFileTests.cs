using System.Text;
using EdgeGateway.Commands;

namespace EdgeGateway.Tests.Config.Import;

/// <summary>A map is written whole or not at all.</summary>
public sealed class ImportedMapFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("map").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_disk_that_fills_up_leaves_the_old_map_whole()
    {
        var file = Path.Combine(_folder, "m.csv");
        File.WriteAllText(file, "old");

        Assert.Throws<IOException>(() => WholeFile.Write(file, overwrites: true, stream =>
        {
            stream.Write("half of th"u8);
            throw new IOException("No space left on device");
        }));

        Assert.Equal("old", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_map_that_came_meanwhile_is_not_replaced_unasked()
    {
        var file = Path.Combine(_folder, "m.csv");
        File.WriteAllText(file, "old");

        Assert.Throws<IOException>(() => WholeFile.Write(file, overwrites: false, stream => stream.Write("new"u8)));

        Assert.Equal("old", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Import_replaces_a_map_only_if_asked()
    {
        var (table, map) = (Path.Combine(_folder, "t.csv"), Path.Combine(_folder, "m.csv"));
        File.WriteAllText(table, "name,address,fc,type\na,0,3,int16\n");
        File.WriteAllText(map, "old");

        Assert.Equal(ExitCode.CannotStart, ImportCommand.Create().Parse([table, "--out", map]).Invoke());
        Assert.Equal("old", File.ReadAllText(map));
        Assert.Equal(ExitCode.Clean, ImportCommand.Create().Parse([table, "--out", map, "--overwrite"]).Invoke());
        Assert.Contains("a,,,fast,holding,0,int16", File.ReadAllText(map, Encoding.UTF8), StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_of_the_program_does_not_replace_one_of_the_site()
    {
        var name = EdgeGateway.Config.MapTemplate.All[0].Name;
        var map = Path.Combine(_folder, "maps", $"{name}.csv");

        Assert.Equal(ExitCode.Clean, MapsCommand.Create().Parse(["use", name, "--site", _folder]).Invoke());
        Assert.Equal(EdgeGateway.Config.MapTemplate.All[0].Text, File.ReadAllText(map));
        File.WriteAllText(map, "mine");
        Assert.Equal(ExitCode.CannotStart, MapsCommand.Create().Parse(["use", name, "--site", _folder]).Invoke());
        Assert.Equal("mine", File.ReadAllText(map));
        Assert.Equal([map], Directory.GetFiles(Path.Combine(_folder, "maps")));
    }
}
