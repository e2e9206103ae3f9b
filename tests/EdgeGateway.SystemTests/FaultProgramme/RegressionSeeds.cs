using System.Globalization;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>Seeds that once failed, in <c>regression-seeds.txt</c>: the normal run plays them too.</summary>
internal static class RegressionSeeds
{
    private static string File { get; } = Repository.PathOf("tests", "EdgeGateway.SystemTests", "FaultProgramme", "regression-seeds.txt");

    public static IEnumerable<int> Of(string scenario) => All().Where(entry => entry.Scenario == scenario).Select(entry => entry.Seed);

    public static IEnumerable<(string Scenario, int Seed)> All() => System.IO.File.ReadLines(File)
        .Select(line => line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 0)
        .Select(words => (words[0], int.Parse(words[1], CultureInfo.InvariantCulture)));

    public static void Keep(string scenario, int seed)
    {
        if (!All().Contains((scenario, seed))) System.IO.File.AppendAllText(File, string.Create(CultureInfo.InvariantCulture, $"{scenario} {seed}\n"));
    }
}
