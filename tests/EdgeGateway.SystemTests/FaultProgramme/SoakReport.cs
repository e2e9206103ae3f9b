using System.Globalization;
using System.Text;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>The rounds of a log as a page of Markdown; every figure is the checker's.</summary>
internal static class SoakReport
{
    public static string Of(IReadOnlyList<RoundRecord> rounds)
    {
        var text = new StringBuilder();
        text.AppendLine("| scenario | rounds | seeds | served | delivered | lost | duplicated | named | forked | faults | longest |");
        text.AppendLine("|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var scenario in rounds.GroupBy(round => round.Scenario).OrderBy(group => group.Key, StringComparer.Ordinal)) text.AppendLine(Row(scenario.Key, [.. scenario]));
        text.AppendLine(Row("**all**", rounds));
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Commits: {string.Join(", ", rounds.Select(round => round.Commit).Distinct())}. Time played: {rounds.Sum(round => round.Seconds) / 3600:0.00} h.");
        foreach (var round in rounds.Where(round => round.Skipped is not null).DistinctBy(round => round.Scenario))
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Not played on this machine: {round.Scenario} ({round.Skipped}).");
        foreach (var round in rounds.Where(round => !round.IsGood)) text.AppendLine().AppendLine("```").AppendLine(round.Complaint).AppendLine("```");
        return text.ToString();
    }

    private static string Row(string name, IReadOnlyList<RoundRecord> rounds)
    {
        var played = rounds.Where(round => round.Skipped is null).ToList();
        long Sum(Func<FaultOutcome, long> figure) => played.Sum(round => round.Outcome is { } outcome ? figure(outcome) : 0);
        var seeds = played.Count == 0 ? "" : name[0] == '*' ? "" : $"{played.Min(round => round.Seed)} to {played.Max(round => round.Seed)}";
        return string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {played.Count} | {seeds} | {Sum(o => o.Served)} | {Sum(o => o.Delivered)} | {Sum(o => o.Lost)} | {Sum(o => o.Duplicated)} | {Sum(o => o.Named)} | {Sum(o => o.Forked)} | {played.Sum(Faults)} | {played.Select(round => round.Seconds).DefaultIfEmpty().Max():0} s |");
    }

    private static int Faults(RoundRecord round) => (round.Outcome?.Faults.Count ?? 0) + (round.Broke is null ? 0 : 1);
}
