using System.Globalization;
using System.Text;
using EdgeGateway.Config;

namespace EdgeGateway.Tests.Config;

/// <summary>
/// Whatever stands in the files, loading ends with a plant or with faults and never with an exception. Seeds are fixed: a failure repeats.
/// </summary>
public sealed class LoaderFuzzTests
{
    private static readonly string[] Files =
        ["site.yaml", "plant.yaml", "lines/cems-1.yaml", "lines/meters-1.yaml", "maps/cems-gas.csv", "maps/meter-3p.csv"];

    private static readonly string[] Fragments =
    [
        "\"", "'", ",", ";", "\t", "\r", "\n", ": ", "- ", "{", "}", "[", "]", "&a", "*a", "!x", "|", ">", "%YAML 9.9\n", "---\n", "...\n",
        "#",
        "\0", "\u0085", "\u2028", "\ud83d\ude00", "\"\\U7fffffff\"", "\"\\x\"", "99999999999999999999", "-1", "0x", "NaN", "1e400", "0.",
        "..", "/", "\\", "?",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_bytes_never_throw(int seed)
    {
        var random = new Random(seed);
        using var site = SiteOnDisk.OfSample();
        for (var i = 0; i < 40; i++)
        {
            foreach (var file in Files)
            {
                var bytes = new byte[random.Next(400)];
                random.NextBytes(bytes);
                site.Write(file, bytes);
            }
            AssertPlantOrFaults(site, seed, i);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void Damaged_files_never_throw(int seed)
    {
        var random = new Random(seed);
        using var site = SiteOnDisk.OfSample();
        var originals = Files.ToDictionary(file => file, site.Read);
        for (var i = 0; i < 60; i++)
        {
            foreach (var (file, bytes) in originals) site.Write(file, Damage(bytes, random));
            AssertPlantOrFaults(site, seed, i);
        }
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    [InlineData('-')]
    [InlineData('?')]
    [InlineData('"')]
    public void Endless_nesting_is_a_fault(char open)
    {
        using var site = new SiteOnDisk();
        site.Write("site.yaml", string.Concat(Enumerable.Repeat($"{open} ", 200_000)));
        Assert.NotEmpty(site.Load().Faults);
    }

    [Theory]
    [InlineData("maps/m.csv", "c{0},")]
    [InlineData("maps/m.csv", "\"")]
    [InlineData("site.yaml", "k{0}: 1\n")]
    [InlineData("lines/a.yaml", "k{0}: 1\n")]
    public void Very_many_columns_or_keys_are_refused_in_a_moment(string file, string piece)
    {
        using var site = new SiteOnDisk();
        site.Write(file, string.Concat(Enumerable.Range(0, 500_000).Select(n => string.Format(CultureInfo.InvariantCulture, piece, n))));
        Assert.InRange(site.Load().Faults.Count, 1, FaultList.Max + 1);
    }

    [Fact]
    public void Very_many_groups_are_refused_in_a_moment()
    {
        using var site = new SiteOnDisk();
        var groups = string.Concat(Enumerable.Range(0, 500_000).Select(n => $"      g{n}: 1s\n"));
        site.Write("lines/a.yaml", Encoding.UTF8.GetString(site.Read("lines/a.yaml")) + groups);
        Assert.Equal("500001 groups", site.Load().Faults.Single().Found);
    }

    [Fact]
    public void Aliases_cannot_multiply()
    {
        var bomb = new StringBuilder("a: &a [x, x, x]\n");
        for (var (below, level) = ('a', 'b'); level < 'k'; below = level++)
            bomb.Append(CultureInfo.InvariantCulture, $"{level}: &{level} [*{below}, *{below}, *{below}]\n");
        using var site = new SiteOnDisk();
        site.Write("site.yaml", bomb.ToString());
        Assert.Contains(site.Load().Faults, fault => fault.Found.StartsWith("alias", StringComparison.Ordinal));
    }

    private static void AssertPlantOrFaults(SiteOnDisk site, int seed, int round)
    {
        PlantLoad load;
        try
        {
            load = site.Load();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}, round {round}", e);
        }
        Assert.True(load.Plant is null == load.Faults.Count > 0, $"seed {seed}, round {round}");
        Assert.All(load.Faults, fault => Assert.DoesNotContain('\n', fault.ToString()));
    }

    private static byte[] Damage(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var n = random.Next(4); n > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(30), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(60), bytes.Count - at)));
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)]));
                    break;
            }
            if (bytes.Count == 0) break;
        }
        return [.. bytes];
    }
}
