using System.CommandLine;
using System.Globalization;
using EdgeGateway.Config;
using EdgeGateway.Config.Model;
using EdgeGateway.Evidence;
using EdgeGateway.Precheck;
using EdgeGateway.Precheck.Rules;

namespace EdgeGateway.Commands;

/// <summary><c>rules</c>: which judgement rules run where, and what they would have said of recorded data.</summary>
internal static class RulesCommand
{
    public static Command Create() => new("rules", "Judgement rules of a site: where they run, and what they say of recorded data.") { Explain(), Test() };

    private static Command Explain()
    {
        var site = SiteOption.Create();
        var command = new Command("explain", "Show which rules run where, which do not, and what is missing for them. Exit 0: fine, 1: faults.") { site };
        command.SetAction(parse => Load(parse.GetValue(site)!, null) is var (plant, model, rules) ? Explain(new RuleEngine(new AggregateBook(plant), model, rules), rules.Length) : ExitCode.Found); // has a default
        return command;
    }

    private static Command Test()
    {
        var site = SiteOption.Create();
        var rules = new Option<string?>("--rules") { Description = "A rule pack to try instead of the site's own.", HelpName = "FILE" };
        var data = new Option<string>("--data") { Description = "Recorded lines of this site's gateway, as receive and export write them.", Required = true, HelpName = "FILE.egb1" };
        var command = new Command("test", "Replay recorded data through the rules and print what they would have said, and what could not be evaluated. Exit 0: fine, 1: faults, 2: the file cannot be read.") { site, rules, data };
        command.SetAction(parse => Load(parse.GetValue(site)!, parse.GetValue(rules)) is var (plant, model, read) ? Test(plant, model, read, parse.GetValue(data)!) : ExitCode.Found); // required
        return command;
    }

    /// <summary>The site's plant and rules; null after every fault was printed.</summary>
    private static (Plant Plant, PlantModel Model, System.Collections.Immutable.ImmutableArray<Rule> Rules)? Load(string folder, string? file)
    {
        if (SiteOption.Load(folder) is not { } plant) return null;
        if (plant.Model is not { } model)
        {
            Console.Error.WriteLine($"{Path.Combine(folder, PlantModelReader.FileName)}: there is none, and rules are about what it describes: write one, as in the sample site");
            return null;
        }
        var (rules, faults) = RuleReader.Load(folder, file);
        foreach (var fault in faults) Console.Error.WriteLine(fault);
        if (faults.Count == 0) return (plant, model, rules);
        Console.Error.WriteLine($"{faults.Count} {(faults.Count == 1 ? "fault" : "faults")} in rules; none of them is used.");
        return null;
    }

    private static int Explain(RuleEngine engine, int rules)
    {
        Console.WriteLine($"{rules} rules, {engine.Places.Count(place => place.Missing.Length == 0)} of {engine.Places.Count} places have what they need.");
        foreach (var place in engine.Places)
            Console.WriteLine($"  {place.Rule.Name,-5} {place.Rule.Kind,-9} {place.Rule.NameZh} / {place.Rule.NameEn}, {place.Place}: {(place.Missing.Length == 0 ? "runs" : $"does not run, missing {place.Missing}")}");
        return ExitCode.Clean;
    }

    private static int Test(Plant plant, PlantModel model, System.Collections.Immutable.ImmutableArray<Rule> rules, string file)
    {
        var book = new AggregateBook(plant);
        var engine = new RuleEngine(book, model, rules);
        var replay = new Replay(book);
        try
        {
            foreach (var line in EgbFile.Lines(file))
                foreach (var closed in replay.Take(line))
                    foreach (var change in engine.See(closed)) Print(change);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{file}: {e.Message}");
            return ExitCode.CannotStart;
        }
        Console.WriteLine($"{replay.Payloads} payloads with readings, {replay.Minutes} minutes, {engine.Instances.Count} rules in their places:");
        foreach (var instance in engine.Instances)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {instance.Rule.Name,-5} {instance.Scope.Name}: ok {instance.Counts[Outcome.Ok]}, fired {instance.Counts[Outcome.Fire]}, not evaluable {instance.Counts[Outcome.NotEvaluable]}{(instance.NotBecause.Length > 0 ? $" (last: {instance.NotBecause})" : "")}"));
        return ExitCode.Clean;
    }

    private static void Print(RuleChange change) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{ChinaTime.Local(change.Start):yyyy-MM-dd HH:mm} {(change.IsRaised ? "RAISED" : "cleared")} {change.Instance.Rule.Name} {change.Instance.Rule.NameZh} {change.Instance.Scope.Name}, severity {(change.Judgement.Severity > 0 ? change.Judgement.Severity : change.Instance.Rule.Severity)}: {change.Judgement.Why}"));
}
