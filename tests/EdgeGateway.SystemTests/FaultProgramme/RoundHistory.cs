namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>What a scenario did in a round, noted as it does it: the checker judges the ledgers by it. One thread at a time.</summary>
internal sealed class RoundHistory
{
    /// <summary>The longest the service may take from its start to being ready (I12).</summary>
    public static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(30);

    /// <summary>Once the fault is gone: the uplink's longest back-off, a keep-alive and what the backlog takes (I9).</summary>
    public static readonly TimeSpan DeliveringWithin = TimeSpan.FromSeconds(150);

    private readonly List<Crash> _crashes = [];
    private readonly List<Recovery> _recoveries = [];
    private readonly List<Secret> _secrets = [];
    private readonly List<string> _faults = [];

    /// <summary>What the gateway is configured with: the longest a reading waits before it is sealed.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How far the reading that says why there is no value may be from the answer that was served and not taken: the longest timeout of the site, and
    /// longer where the gateway was made to stand still.
    /// </summary>
    public TimeSpan ErrorsWithin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The broker acknowledged what it threw away for longer than the gateway's overlap: what G calls delivered may be absent from R.</summary>
    public bool BrokerLies { get; init; }

    /// <summary>Two gateways claim one identity: the round is good if the receiver sees it, and the chain is not judged otherwise.</summary>
    public bool IsForked { get; init; }

    /// <summary>The wall clock was stepped: times of readings say nothing about slots then.</summary>
    public bool ClockWasStepped { get; init; }

    /// <summary>The gateway had to drop undelivered segments, or find them damaged: named, they are no fault.</summary>
    public bool MayLoseNamed { get; init; }

    /// <summary>False where rounds are so many and so quick that the second verifier would take most of their time.</summary>
    public bool IsJudgedTwice { get; init; } = true;

    /// <summary>Sudden ends after which only the last moments may be missing (I6).</summary>
    public IReadOnlyList<Crash> Crashes => _crashes;

    public IReadOnlyList<Recovery> Recoveries => _recoveries;

    public IReadOnlyList<Secret> Secrets => _secrets;

    /// <summary>What the scenario itself saw go wrong.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Ends of the program that nobody brought about; each needs a restart (I12).</summary>
    public int OwnEnds { get; set; }

    /// <summary>How many faults were done to it (I12: at most one restart each).</summary>
    public int Harms { get; set; }

    /// <param name="utcMs">Just before the end.</param>
    public void Crashed(long utcMs) => _crashes.Add(new Crash(utcMs));

    /// <summary>Something came back.</summary>
    public void Recovered(string what, TimeSpan took, TimeSpan within) => _recoveries.Add(new Recovery(what, took, within));

    /// <summary>This text must be nowhere in R, in the folder, or in what was said.</summary>
    public void Keeps(string secret, Func<string> folder, Func<string> said) => _secrets.Add(new Secret(secret, folder, said));

    /// <summary>An invariant that only the scenario could see broken, in words.</summary>
    public void Fault(string what) => _faults.Add(what);

    /// <summary>A sudden end.</summary>
    internal readonly record struct Crash(long UtcMs);

    /// <summary>Something came back, after so long.</summary>
    internal readonly record struct Recovery(string What, TimeSpan Took, TimeSpan Within);

    /// <summary>A text that must not leave the file it came from.</summary>
    internal sealed record Secret(string Text, Func<string> Folder, Func<string> Said);
}
