namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>
/// The space of the disk shrinks and grows, to less than the store already has and back. Commits wait and go on; nothing that was promised is lost, also by a power
/// cut in the middle of the want.
/// </summary>
internal sealed class StoreFull : IFaultScenario
{
    private const int Phases = 8;

    public string Name => "store-full";

    public int Rounds => 30;

    public Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken) => Task.Run(() => Play(seed), cancellationToken);

    private static FaultOutcome Play(int seed)
    {
        var random = new Random(seed ^ 0xF011);
        using var work = new StoreWorkload(seed);
        if (!work.TryOpen()) work.Fault("the store was not opened although nothing is wrong");
        for (var phase = 0; phase < Phases && work.Faults.Count == 0; phase++)
        {
            work.Disk.Capacity = Math.Max(0, work.Disk.Used + random.Next(-100_000, 200_000));
            work.Work(random.Next(60));
            for (var tries = random.Next(5); tries > 0 && work.IsHeldUp; tries--) work.TryCommit();
            work.VerifyImage($"phase {phase}, {work.Disk.Capacity - work.Disk.Used} bytes free");
            if (random.Next(4) == 0)
            {
                // Started again before anybody has made room.
                work.Restart(random.Next(2) == 0 ? work.Disk.AfterPowerCut(random) : null);
                var isOpen = work.TryOpen();
                work.Disk.Capacity = long.MaxValue;
                if (!isOpen && !work.TryOpen()) work.Fault("the store was not opened although there is room");
            }
            work.Disk.Capacity = long.MaxValue;
            work.Insist();
            work.Work(random.Next(10));
        }
        if (work.Faults.Count == 0) work.Verify("with room again");
        return work.Finish();
    }
}
