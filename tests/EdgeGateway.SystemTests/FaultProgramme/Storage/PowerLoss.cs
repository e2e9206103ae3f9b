namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>
/// The power goes at any operation of the disk, and sometimes again while the store recovers. What was committed is there byte for byte and under its number, what
/// was not is there wholly or not at all, and the store goes on from there. One round is one disk.
/// </summary>
internal sealed class PowerLoss : IFaultScenario
{
    private const int MostRounds = 400;
    private const int MostOperations = 3000;

    public string Name => "power-loss";

    public int Rounds => 500;

    public Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken) => Task.Run(() => Play(seed), cancellationToken);

    private static FaultOutcome Play(int seed)
    {
        var random = new Random(seed ^ 0x5EED);
        using var work = new StoreWorkload(seed);
        // As many early ends as late ones: a store is most delicate when it is made.
        var at = (long)Math.Exp(random.NextDouble() * Math.Log(MostOperations));
        var cuts = random.Next(1, 4);
        for (var cut = 0; cut < cuts && work.Faults.Count == 0; cut++)
        {
            work.Disk.Fault = new DiskFault(work.Disk.Operations + at, DiskTrouble.PowerCut);
            if (work.TryOpen())
            {
                if (cut > 0 && !work.Disk.IsOff) work.VerifyUnlessOff($"after power cut {cut}");
                work.Work(MostRounds);
            }
            work.Restart(work.Disk.AfterPowerCut(random));
            at = random.Next(1, 300); // the next one comes soon, or in the middle of the recovery
        }
        if (work.Faults.Count > 0) return work.Finish();
        if (!work.TryOpen())
        {
            work.Fault("the store was not opened although nothing is wrong");
            return work.Finish();
        }
        work.Verify($"after {cuts} power cuts");
        work.Work(20);
        work.Restart();
        if (work.TryOpen()) work.Verify("after an orderly restart");
        return work.Finish();
    }
}
