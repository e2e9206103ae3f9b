using EdgeGateway.Config;

namespace EdgeGateway.Tests.Config;

/// <summary>
/// Each folder in Cases is a site and its faults. expected-faults.txt holds one line per fault, by file and line:
/// <c>maps/gas.csv:4: a part of the fault's text</c>. To add a case, add a folder.
/// </summary>
public sealed class CaseTests
{
    public static TheoryData<string> Cases =>
        [.. Directory.EnumerateDirectories(SiteOnDisk.Case("")).Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_site_has_exactly_the_faults_its_case_lists(string name)
    {
        var folder = SiteOnDisk.Case(name);
        var expected = File.ReadAllLines(Path.Combine(folder, "expected-faults.txt")).Where(line => line.Length > 0).ToList();
        var load = PlantLoader.Load(folder);
        var found = load.Faults.Select(fault => fault.ToString()).ToList();
        var all = string.Join('\n', found);

        Assert.True(found.Count == expected.Count, $"expected {expected.Count} faults, found {found.Count}:\n{all}");
        foreach (var (line, text) in expected.Zip(found))
        {
            var place = line[..(line.IndexOf(": ", StringComparison.Ordinal) + 2)];
            Assert.True(text.StartsWith(place, StringComparison.Ordinal) && text.Contains(line[place.Length..], StringComparison.Ordinal),
                $"expected {line}\nfound    {text}\nof\n{all}");
        }
        Assert.Equal(found.Count == 0, load.Plant is not null);
    }
}
