using System.Text.Json;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>Finished rounds, one JSON line each: a soak that is started again goes on after them.</summary>
internal sealed class SoakLog
{
    private readonly string _path;
    private readonly List<RoundRecord> _rounds = [];

    public SoakLog(string path)
    {
        _path = path;
        if (!File.Exists(path)) return;
        var text = File.ReadAllText(path);
        // A machine that was switched off in mid-line: that round is played again.
        var whole = text.LastIndexOf('\n') + 1;
        if (whole < text.Length) File.WriteAllText(path, text[..whole]);
        foreach (var (number, line) in text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries).Index()) _rounds.Add(Read(line, number + 1));
    }

    public IReadOnlyList<RoundRecord> Rounds => _rounds;

    /// <summary>The seed after the last one played of a scenario, at least <paramref name="first"/>.</summary>
    public int NextSeed(string scenario, int first) => _rounds.Where(round => round.Scenario == scenario).Select(round => round.Seed + 1).Append(first).Max();

    public int Count(string scenario) => _rounds.Count(round => round.Scenario == scenario);

    public void Add(RoundRecord round)
    {
        _rounds.Add(round);
        if (Path.GetDirectoryName(_path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        File.AppendAllText(_path, round.ToJson() + "\n");
    }

    private RoundRecord Read(string line, int number)
    {
        try
        {
            return RoundRecord.FromJson(line);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{_path}:{number} is not a round of this programme ({e.Message}): name another file with --log", e);
        }
    }
}
