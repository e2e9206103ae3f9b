using System.CommandLine;
using EdgeGateway.Config;
using EdgeGateway.Config.Model;

namespace EdgeGateway.Commands;

/// <summary><c>check</c>: reads a site folder as <c>run</c> would and prints every fault, without starting anything.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var site = SiteOption.Create();
        var command = new Command("check", "Check a site folder and print every fault with file, line and remedy. Exit 0: fine, 1: faults.") { site };
        command.SetAction(parse => Run(parse.GetValue(site)!)); // has a default
        return command;
    }

    private static int Run(string folder)
    {
        if (SiteOption.Load(folder) is not { } plant) return ExitCode.Found;
        Console.WriteLine($"{plant.Title} ({plant.Site}/{plant.Gateway}): {plant.Lines.Length} lines, "
            + $"{plant.Lines.Sum(line => line.Devices.Length)} devices, {plant.Groups.Sum(group => group.Signals.Length)} signals. No faults.");
        foreach (var line in plant.Lines)
            Console.WriteLine($"  {line.Name,-12} {line.Address,-28} {string.Join(" + ", line.Protocols.Select(protocol => protocol.Name)),-12} {LineLoad.Of(line).Share,6:P1} of its time at best");
        foreach (var (line, load) in plant.Lines.Select(line => (line, LineLoad.Of(line))).Where(entry => entry.Item2.IsMuch))
            Console.WriteLine($"warning: line {line.Name} has {load}: little room is left for repeated and slow answers. Take longer periods, a faster port, or another line");
        if (plant.Model is { } model) Describe(model);
        Console.WriteLine($"configuration {plant.ConfigHash}");
        return ExitCode.Clean;
    }

    private static void Describe(PlantModel model)
    {
        Console.WriteLine($"{PlantModelReader.FileName}: {model.Industry}, {model.Production.Length} production and {model.Treatment.Length} treatment units, "
            + $"{model.Outlets.Length} outlets with {model.Outlets.Sum(outlet => outlet.Limits.All.Length)} limits, {model.Units.Sum(unit => unit.Bindings.Length)} signals in roles");
        foreach (var outlet in model.Outlets)
        {
            var shared = model.SharingStackWith(outlet).Select(other => other.Unit.Name).ToList();
            Console.WriteLine($"  {outlet.Unit.Name,-12} {outlet.Unit.Title}: {string.Join(" + ", outlet.Production)}{string.Concat(outlet.Treatment.Select(unit => " > " + unit))} > {outlet.Stack}"
                + (shared.Count > 0 ? $", shared with {string.Join(", ", shared)}" : ""));
        }
    }
}
