using EdgeGateway.Commands;
using EdgeGateway.Config;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>
/// What a round with processes is played on: a site with short periods, its devices in this process with a ledger, the gateway as the program it is, and the
/// notes of what was done to it.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    /// <summary>Of the sites that are played.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(200);

    private const string Canary = "canary-Qw7Lr2Zp";

    private readonly TemporaryFolder _folder = new();
    private readonly List<RunningProgram> _programs = [];
    private readonly Func<RunningProgram> _run;
    private SimulatedPlant? _plant;

    /// <param name="brokerUrl">Where the gateway publishes to.</param>
    /// <param name="receiver">Where that ends.</param>
    /// <param name="history">With what the scenario expects; its linger is <see cref="Linger"/>.</param>
    /// <param name="run">Another way to start the gateway on the site than plainly; null for that.</param>
    public Stage(string brokerUrl, ReceiverLedger receiver, RoundHistory? history = null, Func<SiteCopy, RunningProgram>? run = null)
    {
        Receiver = receiver;
        History = history ?? new RoundHistory { Linger = Linger };
        Site = new SiteCopy(_folder.Sub("site"), brokerUrl);
        Site.Quicken();
        File.WriteAllText(_folder.Sub("password"), Canary + "\n");
        Site.Replace("site.yaml", "  # username: gw-1", $"  username: gw-1\n  password-file: {_folder.Sub("password")}");
        State = Site.State;
        _run = () => run is null ? Site.Run(State) : run(Site);
        History.Keeps(Canary, () => State, () => Said);
    }

    public SiteCopy Site { get; }

    /// <summary>The gateway's state folder; the site's own unless the scenario puts it elsewhere.</summary>
    public string State { get; set; }

    public RoundHistory History { get; }

    public ReceiverLedger Receiver { get; }

    public SimulatedPlant Plant => _plant ?? throw new InvalidOperationException("the plant has not started");

    /// <summary>The newest gateway.</summary>
    public RunningProgram Gateway => _programs[^1];

    /// <summary>Everything that the gateways of this round have said.</summary>
    public string Said => string.Join('\n', _programs.Select(program => program.Said));

    public string SigningCertificate => Path.Combine(State, "keys", "signing.crt");

    /// <summary>A place in this round's folder.</summary>
    public string Sub(params string[] parts) => _folder.Sub(parts);

    public static long NowMs => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Starts the devices, on the ports the site names.</summary>
    public async Task StartPlantAsync(CancellationToken cancellationToken)
    {
        var plant = PlantLoader.Load(Site.Folder).Plant ?? throw new InvalidOperationException("the site of the fault programme has faults");
        _plant = SimulatedSite.Of(plant, new ServedLedger(), onFreePorts: false, TimeProvider.System);
        await _plant.StartAsync(cancellationToken);
    }

    /// <summary>Starts the gateway and returns at once.</summary>
    public RunningProgram Launch()
    {
        _programs.Add(_run());
        return Gateway;
    }

    /// <summary>Starts the gateway and waits until it records.</summary>
    public async Task StartAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        await Launch().Says("recording as boot");
        History.Recovered("ready after a start", TimeProvider.System.GetElapsedTime(start), RoundHistory.ReadyWithin);
    }

    /// <summary>kill -9. What was served long enough before must have been sealed.</summary>
    public async Task KillAsync()
    {
        History.Crashed(NowMs);
        await Gateway.Kill();
    }

    public static Task LiveAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, TimeProvider.System, cancellationToken);

    /// <summary>Waits until readings from now on arrive, and notes how long that took.</summary>
    /// <param name="what">What the gateway recovers from.</param>
    public async Task DeliversAsync(string what)
    {
        var (start, now) = (TimeProvider.System.GetTimestamp(), NowMs);
        await Until(() => Receiver.NewestReadingMs > now, $"readings at the receiver after {what}");
        History.Recovered($"delivering after {what}", TimeProvider.System.GetElapsedTime(start), RoundHistory.DeliveringWithin);
    }

    /// <summary>Waits until the gateway has delivered everything it holds, stops it and waits for its last words at the receiver.</summary>
    public async Task EndAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        // A broker that forgets on purpose leaves holes that nobody fills.
        if (!History.BrokerLies) await Until(() => Receiver.IsWhole, "the whole backlog at the receiver");
        History.Recovered("the backlog's arrival", TimeProvider.System.GetElapsedTime(start), RoundHistory.DeliveringWithin);
        var before = Receiver.Times("\"ev\":\"shutdown\""u8);
        await Gateway.Stops();
        await Until(() => Receiver.Times("\"ev\":\"shutdown\""u8) > before, "the gateway's last words at the receiver");
    }

    /// <summary>Stops the plant and has the checker judge. The gateway must have ended.</summary>
    public async Task<FaultOutcome> JudgeAsync() => await InvariantCheck.JudgeAsync(
        new Ledgers(new DeviceLedger(Plant), History.IsForked ? null : GatewayLedger.Read(State), Receiver, [SigningCertificate]), History);

    /// <summary>Waits longer than the uplink's longest back-off.</summary>
    public Task Until(Func<bool> condition, string what) =>
        Eventually.Is(() => condition() || Gateway.HasEnded && EndedBefore(condition, what), () => $"{what}\n{Gateway}", RoundHistory.DeliveringWithin + TimeSpan.FromSeconds(10));

    /// <summary>Copies a state folder whose gateway does not run.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _programs) await program.DisposeAsync();
        if (_plant is not null) await _plant.DisposeAsync();
        _folder.Dispose();
    }

    private bool EndedBefore(Func<bool> condition, string what) => condition() ? true : throw new InvalidOperationException($"the gateway ended before {what}\n{Gateway}");
}
