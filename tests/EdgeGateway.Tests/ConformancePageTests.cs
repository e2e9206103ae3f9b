using System.Text.RegularExpressions;

namespace EdgeGateway.Tests;

/// <summary>docs/opcua-conformance.md names tests as proof: each must be there, and what names none must say "not".</summary>
public sealed partial class ConformancePageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "opcua-conformance.md"));

    [Fact]
    public void Every_test_that_is_named_is_there()
    {
        var there = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Method().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileNameWithoutExtension(file)}.{match.Groups[1].Value}")).ToHashSet(StringComparer.Ordinal);
        var named = Named().Matches(Page).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.True(named.Count > 40, $"{named.Count} tests are named");
        Assert.Equal([], named.Where(name => !there.Contains(name)));
    }

    [Fact]
    public void A_unit_without_a_test_says_that_it_is_not_done()
    {
        var bare = Page.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| facet", StringComparison.Ordinal)).Where(line => !Named().IsMatch(line));
        Assert.All(bare, line => Assert.Contains("not", line, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Named();
}
