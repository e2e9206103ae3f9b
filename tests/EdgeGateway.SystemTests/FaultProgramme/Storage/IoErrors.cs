namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>
/// The N-th operation of the disk fails, once or from then on for a while, with an error or for want of space; N is the seed. The store never promises what is not
/// on disk, hands out nothing altered, and goes on by itself once the disk does.
/// </summary>
internal sealed class IoErrors : IFaultScenario
{
    private const int Commits = 60;

    public string Name => "io-errors";

    public int Rounds => 200;

    public Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken) => Task.Run(() => Play(seed), cancellationToken);

    private static FaultOutcome Play(int seed)
    {
        var random = new Random(seed ^ 0x10E0);
        using var work = new StoreWorkload(seed);
        work.Disk.Fault = new DiskFault(seed, random.Next(2) == 0 ? DiskTrouble.Error : DiskTrouble.Full, FromThenOn: random.Next(2) == 0);
        if (!work.TryOpen())
        {
            // Whatever the disk did, the next start finds its way.
            work.Disk.Fault = null;
            if (!work.TryOpen()) return work.Finish();
        }
        for (var i = 0; i < Commits && work.Faults.Count == 0; i++)
        {
            var wasMended = work.Disk.Fault is null || work.Disk is { HasStruck: true, Fault.FromThenOn: false };
            work.Work(1);
            if (!work.Disk.HasStruck) continue;
            if (!work.IsHeldUp)
            {
                if (!wasMended) work.VerifyImage($"after commit {i} with operation {seed} failed");
                continue;
            }
            // A few tries of the recorder later somebody has mended it.
            for (var tries = random.Next(4); tries > 0; tries--) work.TryCommit();
            work.Disk.Fault = null;
            work.Insist();
            work.VerifyImage($"after operation {seed} failed and was mended");
        }
        work.Disk.Fault = null;
        if (work.Faults.Count == 0) work.Verify($"with operation {seed} failed");
        if (work.Faults.Count == 0) work.Work(20);
        work.Restart();
        if (work.Faults.Count == 0 && work.TryOpen()) work.Verify("after an orderly restart");
        return work.Finish();
    }
}
