using System.CommandLine;
using System.Text;
using EdgeGateway.Config;

namespace EdgeGateway.Commands;

/// <summary><c>maps</c>: the device maps that come with the program.</summary>
internal static class MapsCommand
{
    public static Command Create()
    {
        var list = new Command("list", "List the device maps that come with the program.");
        list.SetAction(_ => List());

        var shown = new Argument<string>("NAME") { Description = "Name as in maps list." };
        var show = new Command("show", "Print a device map that comes with the program.") { shown };
        show.SetAction(parse =>
        {
            if (Find(parse.GetRequiredValue(shown)) is not { } template) return ExitCode.CannotStart;
            Console.Write(template.Text);
            return ExitCode.Clean;
        });

        var used = new Argument<string>("NAME") { Description = "Name as in maps list." };
        var site = SiteOption.Create();
        var use = new Command("use", "Copy a device map that comes with the program into a site's maps/, to be checked there against the device.") { used, site };
        use.SetAction(parse => Use(parse.GetRequiredValue(used), parse.GetValue(site)!)); // has a default
        return new Command("maps", "Device maps of analysers and meters that come with the program.") { list, show, use };
    }

    private static int List()
    {
        foreach (var template in MapTemplate.All) Console.WriteLine($"{template.Name,-20} {template.Verified,-9} {template.Title}");
        Console.WriteLine("document: from a document of the manufacturer; typical: as met in the field. Either is to be checked on the device: EdgeGateway probe");
        return ExitCode.Clean;
    }

    private static int Use(string name, string folder)
    {
        if (Find(name) is not { } template) return ExitCode.CannotStart;
        var maps = Path.Combine(folder, "maps");
        var file = Path.Combine(maps, $"{template.Name}.csv");
        try
        {
            if (!Directory.Exists(folder))
            {
                Console.Error.WriteLine($"no folder {folder}; expected a site folder, correct --site");
                return ExitCode.CannotStart;
            }
            if (File.Exists(file))
            {
                Console.Error.WriteLine($"{file} is there already; rename or remove it first");
                return ExitCode.CannotStart;
            }
            Directory.CreateDirectory(maps);
            WholeFile.Write(file, overwrites: false, stream => stream.Write(Encoding.UTF8.GetBytes(template.Text)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{file} was not written, nothing of it is left: {e.Message}. Check the room on the disk and the rights of the folder");
            return ExitCode.CannotStart;
        }
        Console.WriteLine($"{file} written ({template.Verified}; {template.Source}). In a device of a line:");
        Console.WriteLine($"    map: {template.Name}.csv");
        Console.WriteLine($"    groups: {{ {string.Join(", ", template.Groups.Select(group => $"{group}: {(group == "fast" ? "1s" : "60s")}"))} }}");
        return ExitCode.Clean;
    }

    private static MapTemplate? Find(string name)
    {
        var found = MapTemplate.All.FirstOrDefault(template => template.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (found is null)
            Console.Error.WriteLine($"no map {name}{(NearestName.Of(name, MapTemplate.All.Select(template => template.Name)) is { } nearest ? $"; is {nearest} meant?" : "; maps list names them all")}");
        return found;
    }
}
