using System.Text;
using EdgeGateway.Config;

namespace EdgeGateway.Tests.Config;

/// <summary>A site folder of a test, written to a temporary place: small, without faults, and free to be spoilt.</summary>
internal sealed class SiteOnDisk : IDisposable
{
    public SiteOnDisk()
    {
        Write("site.yaml", "site: s\ngateway: g\nbroker:\n  urls:\n    - mqtt://127.0.0.1\n");
        Write("lines/a.yaml", """
            line: a
            connect: tcp://127.0.0.1:502
            protocol: modbus-tcp
            devices:
              - device: d
                map: m.csv
                groups:
                  fast: 1s

            """);
        Write("maps/m.csv", "signal,group,area,address,type\nx,fast,holding,0,uint16\n");
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("site-").FullName;

    public static string Sample => System.IO.Path.Combine(AppContext.BaseDirectory, "sample-site");

    public static string Case(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Config", "Cases", name);

    /// <summary>A copy of the sample site.</summary>
    public static SiteOnDisk OfSample()
    {
        var site = new SiteOnDisk();
        site.Delete("lines/a.yaml");
        site.Delete("maps/m.csv");
        foreach (var file in Directory.EnumerateFiles(Sample, "*", SearchOption.AllDirectories))
            site.Write(System.IO.Path.GetRelativePath(Sample, file), File.ReadAllBytes(file));
        return site;
    }

    public PlantLoad Load() => PlantLoader.Load(Path);

    /// <summary>The plant, where there must be one.</summary>
    public Plant Plant()
    {
        var load = Load();
        Assert.True(load.Plant is not null, string.Join('\n', load.Faults));
        return load.Plant;
    }

    public void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    public void Write(string path, byte[] bytes)
    {
        var full = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!); // not null: it is below the site folder
        File.WriteAllBytes(full, bytes);
    }

    public byte[] Read(string path) => File.ReadAllBytes(System.IO.Path.Combine(Path, path));

    public void Delete(string path) => File.Delete(System.IO.Path.Combine(Path, path));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
