namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>
/// A bit flips, a page turns to zeros or an end is cut off in any of the store's files, while it is open or closed. Altered bytes are never handed out, what is gone
/// is named in a gap record (or, where the journal has lost its newest part, by a new epoch), the start never fails and the rest is delivered.
/// </summary>
internal sealed class BitRot : IFaultScenario
{
    private const int Page = 4096;

    public string Name => "bit-rot";

    public int Rounds => 200;

    public Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken) => Task.Run(() => Play(seed), cancellationToken);

    private static FaultOutcome Play(int seed)
    {
        var random = new Random(seed ^ 0xB17);
        using var work = new StoreWorkload(seed);
        if (!work.TryOpen()) work.Fault("the store was not opened although nothing is wrong");
        work.Work(random.Next(1, 120));
        // With both gone nothing tells which epochs there have been: there the start asks a person, on purpose.
        var spared = random.Next(2) == 0 ? "epoch" : "journal";
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var isOpen = random.Next(2) == 0;
            if (!isOpen) work.Restart(random.Next(3) == 0 ? work.Disk.AfterPowerCut(random) : null);
            var what = Damage(work.Disk, spared, random);
            if (!work.IsOpen && !work.TryOpen()) work.Fault($"the start fails after {what}");
            if (work.Faults.Count > 0) break;
            work.Verify($"after {what}, {(isOpen ? "open" : "closed")}", damage: true);
            work.Work(random.Next(40));
        }
        return work.Finish(mayLose: true);
    }

    private static string Damage(VolatileDisk disk, string spared, Random random)
    {
        // By kind first, or the two journals and the epoch would hardly ever have their turn.
        var kinds = disk.List().Where(name => disk.BytesOf(name).Length > 0 && !name.StartsWith(spared, StringComparison.Ordinal)).GroupBy(KindOf).ToList();
        if (kinds.Count == 0) return "nothing, as all that might be damaged is empty by now,";
        var kind = kinds[random.Next(kinds.Count)].ToList();
        var name = kind[random.Next(kind.Count)];
        var length = disk.BytesOf(name).Length;
        switch (random.Next(3))
        {
            case 0:
                var bit = random.NextInt64(8L * length);
                disk.FlipBit(name, bit);
                return $"bit {bit} of {name} was flipped";
            case 1:
                var page = random.Next((length + Page - 1) / Page);
                disk.Zero(name, (long)page * Page, Page);
                return $"page {page} of {name} turned to zeros";
            default:
                var left = random.Next(length);
                disk.Truncate(name, left);
                return $"{name} was cut to {left} of {length} bytes";
        }
    }

    private static string KindOf(string name) => string.Concat(name.Where(letter => !char.IsAsciiDigit(letter)));
}
