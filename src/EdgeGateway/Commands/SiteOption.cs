using System.CommandLine;
using EdgeGateway.Config;

namespace EdgeGateway.Commands;

/// <summary>The <c>--site</c> option and what all commands do with it: read the folder, or print every fault.</summary>
internal static class SiteOption
{
    public static Option<string> Create() => new("--site")
    {
        Description = "Site folder with site.yaml, lines/ and maps/.",
        DefaultValueFactory = _ => "config",
        HelpName = "FOLDER",
    };

    /// <summary>The plant, or null after all faults were printed to standard error.</summary>
    public static Plant? Load(string folder)
    {
        var load = PlantLoader.Load(folder);
        if (load.Plant is not null) return load.Plant;
        foreach (var fault in load.Faults) Console.Error.WriteLine(fault);
        Console.Error.WriteLine($"{load.Faults.Count} {(load.Faults.Count == 1 ? "fault" : "faults")} in site folder {Path.GetFullPath(folder)}; nothing was started.");
        return null;
    }
}
