using EdgeGateway.Commands;
using EdgeGateway.PlantSimulator;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>
/// The real gateway in this process, between real Modbus TCP and a real broker on loopback and on a real disk, under a clock that moves only when all of
/// them have done what was due. It moves from timer to timer, so that hours of waiting cost nothing and no poll is skipped over.
/// </summary>
internal sealed class SimulatedRun : IAsyncDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Real time after which a gateway that does not come to rest is a failure, and not a slow machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Timers of a line at rest: its next poll, or the end of its patience.</summary>
    private const int OfALine = 1;
    private const int OfTheDesk = 1; // its next look at the key folder

    /// <summary>Timers of a connected session at rest (ping, head, the next look), and of one that waits for its next attempt.</summary>
    private const int OfASession = 3;
    private const int OfNoSession = 1;

    /// <summary>Looks without any change.</summary>
    private const int LittleStillness = 20;
    private const int MuchStillness = 5000;

    /// <summary>Real time without any change, while a gateway stops.</summary>
    private static readonly TimeSpan ShortStill = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongStill = TimeSpan.FromMilliseconds(50);

    private readonly TemporaryFolder _folder = new();
    private readonly WatchedServices _services = new();
    private readonly WatchedLine[] _lines;
    private readonly TimeSpan _linger;
    private readonly CancellationToken _ending;
    private readonly ListeningPlatform _platform;
    private bool _isStopped;

    // Segments that arrived and whose acknowledgement was lost with their connection.
    private long _arrivedOnly;

    private SimulatedRun(TimeSpan period, TimeSpan linger, int registers, long storeBytes, CancellationToken ending)
    {
        (_linger, _ending) = (linger, ending);
        _platform = new ListeningPlatform(Clock);
        Plant = SmallPlant.Load(_folder.Sub("site"), period, linger, registers, storeBytes);
        var held = new HeldAnswers(Clock);
        Devices = SimulatedSite.Of(Plant, new ServedLedger(), onFreePorts: true, held);
        _lines = [.. Devices.Lines.Select(line => new WatchedLine(line, SmallPlant.AnswerTimeouts[line.Name], held, Clock))];
    }

    public SimulatedClock Clock { get; } = new(Begin);

    public Config.Plant Plant { get; private set; }

    public SimulatedPlant Devices { get; }

    /// <summary>Between gateway and broker.</summary>
    public LinkFault Link { get; private set; } = null!; // from the start on

    public GatewayHost Gateway { get; private set; } = null!; // likewise

    public ListeningPlatform Platform => _platform;

    /// <summary>Questions that the devices have taken.</summary>
    public long Asked => _lines.Sum(line => line.Asked);

    /// <summary>Bytes that the gateway keeps in memory: everything that is alive, without what the harness itself takes down.</summary>
    public long LiveBytes => GC.GetTotalMemory(forceFullCollection: true) - _platform.Bytes - Devices.Ledger!.Count * 17; // 16 bytes a value, and its share of the block

    /// <inheritdoc cref="SmallPlant.Load"/>
    public static async Task<SimulatedRun> StartAsync(TimeSpan period, TimeSpan linger, CancellationToken ending, int registers = 0, long storeBytes = 2L << 30)
    {
        var run = new SimulatedRun(period, linger, registers, storeBytes, ending);
        await run._platform.StartAsync().ConfigureAwait(false);
        await run.Devices.StartAsync(CancellationToken.None).ConfigureAwait(false);
        run.Link = new LinkFault(run._platform.EndPoint);
        run.Plant = run.Plant.Pointed(run.Devices, new Uri($"mqtt://{run.Link.EndPoint}"));
        run.Gateway = GatewayHost.Create(run.Plant, run._folder.Sub("state"), run.Clock, builder =>
        {
            builder.Logging.ClearProviders();
            builder.ConfigureContainer(run._services);
        });
        await run.Gateway.StartAsync(CancellationToken.None).ConfigureAwait(false);
        await run.SettleAsync().ConfigureAwait(false);
        return run;
    }

    /// <summary>Lets time pass.</summary>
    public async Task PassAsync(TimeSpan duration)
    {
        var end = Clock.Elapsed + duration;
        while (Clock.Elapsed < end)
        {
            _ending.ThrowIfCancellationRequested();
            Clock.MoveTo(end);
            await SettleAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Lets time pass until <paramref name="condition"/> holds; false if <paramref name="most"/> went by first.</summary>
    public async Task<bool> PassUntilAsync(Func<bool> condition, TimeSpan most)
    {
        var end = Clock.Elapsed + most;
        while (!condition())
        {
            if (Clock.Elapsed >= end) return false;
            Clock.MoveTo(end);
            await SettleAsync().ConfigureAwait(false);
        }
        return true;
    }

    /// <summary>Cuts the way to the broker, and returns when the gateway has noticed.</summary>
    public async Task CutAsync()
    {
        Link.Mode = LinkMode.Cut;
        await UntilAsync(() => Gateway.Status.UplinkIsUp ? "the gateway notices that the connection is gone" : null).ConfigureAwait(false);
        await SettleAsync().ConfigureAwait(false);
    }

    /// <summary>Stops the gateway in order.</summary>
    public async Task StopAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        var stopping = Gateway.StopAsync(CancellationToken.None);
        // Acquisition and recording need no time to stop, and slots that passed meanwhile would be skipped.
        await UntilAsync(() => _services.Channel.Reader.Completion.IsCompleted ? null : "acquisition stops").ConfigureAwait(false);
        while (!stopping.IsCompleted)
        {
            await UntilAsync(() => stopping.IsCompleted ? null : Expecting() ?? Storing()).ConfigureAwait(false);
            await UntilStillAsync(stopping).ConfigureAwait(false);
            if (!stopping.IsCompleted && Expecting() is null) Clock.MoveTo(Clock.Elapsed + TimeSpan.FromMilliseconds(100));
        }
        await stopping.ConfigureAwait(false);
        await UntilAsync(() => _platform.Sequenced >= Gateway.Status.Published ? null : "the receiver gets what the broker has taken").ConfigureAwait(false);
        await Gateway.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Stops and hands the three ledgers to the checker.</summary>
    public async Task<FaultOutcome> JudgeAsync(RoundHistory history)
    {
        await StopAsync().ConfigureAwait(false);
        var gateway = GatewayLedger.Read(_folder.Sub("state"));
        return await InvariantCheck.JudgeAsync(
            new Ledgers(history.ClockWasStepped ? null : new DeviceLedger(Devices), gateway, _platform.Ledger, [Gateway.CertificateFile]), history).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await Link.DisposeAsync().ConfigureAwait(false);
        await _platform.DisposeAsync().ConfigureAwait(false);
        await Devices.DisposeAsync().ConfigureAwait(false);
        _folder.Dispose();
    }

    /// <summary>Returns when everything that is due has been done: what is left to come needs time.</summary>
    private async Task SettleAsync()
    {
        await UntilAsync(Busy).ConfigureAwait(false);
        if (!Gateway.Status.UplinkIsUp) return;
        if (Gateway.Depth.Undelivered == 0)
        {
            _arrivedOnly = _platform.Sequenced - Gateway.Status.Published;
            return;
        }
        // A backlog goes out at its own pace, with timers between; only stillness tells that the next segment has to wait for one. Between an acknowledgement
        // and the session's taking note of it there is no timer: then it takes more of it.
        for (var (quiet, changes) = (0, Clock.Changes); quiet < (_platform.Sequenced - Gateway.Status.Published == _arrivedOnly ? LittleStillness : MuchStillness); quiet++)
        {
            await Task.Yield();
            if (changes == Clock.Changes) continue;
            await UntilAsync(Busy).ConfigureAwait(false);
            (quiet, changes) = (0, Clock.Changes);
        }
    }

    /// <summary>
    /// Between two timers of a stop there is work that nobody announces: it shows in the timers it sets. What is still to be stored and sent takes a disk and
    /// a network, and on a machine with much to do the last attempt's patience would run out before them.
    /// </summary>
    private async Task UntilStillAsync(Task stopping)
    {
        var (changes, since) = (Clock.Changes, TimeProvider.System.GetTimestamp());
        while (!stopping.IsCompleted)
        {
            await Task.Yield();
            var isToSend = Link.Mode == LinkMode.Pass && Gateway.Status.UplinkIsUp && Gateway.Depth.Undelivered > 0;
            if (changes != Clock.Changes) (changes, since) = (Clock.Changes, TimeProvider.System.GetTimestamp());
            else if (TimeProvider.System.GetElapsedTime(since) > (isToSend ? LongStill : ShortStill)) return;
        }
    }

    /// <summary>Who is at work; null if nobody is.</summary>
    private string? Busy()
    {
        // One look at several things: it counts only if no timer moved meanwhile, or a question could be asked behind its back.
        var changes = Clock.Changes;
        return Working() is { } work ? work : changes == Clock.Changes ? null : "somebody has just worked";
    }

    private string? Working()
    {
        if (Expecting() is { } answer) return answer;
        if (_services.Channel.Reader.Count > 0) return "readings wait for the recorder";
        var lingering = Clock.Armed(_linger);
        if (lingering == 0 && Storing() is { } storing) return storing;
        var resting = OfALine * _lines.Length + OfTheDesk + lingering + (Gateway.Status.UplinkIsUp ? OfASession : OfNoSession);
        if (Clock.Waiting < resting) return "somebody works";
        return _platform.Sequenced < Gateway.Status.Published ? "the receiver takes what the broker has" : null;
    }

    private string? Storing() => _services.Outbox.Readings == Gateway.Status.Readings ? null : "the recorder stores";

    private string? Expecting()
    {
        foreach (var line in _lines)
            if (line.IsToAnswer(Clock)) return "a device is to answer";
        if (Clock.Armed(SmallPlant.Dial) > 0) return "a device is to be reached";
        if (Link.Mode == LinkMode.BlackHole) return null;
        if (Clock.Armed(SmallPlant.MqttConnect) > 0) return "the broker is to accept the session";
        if (Clock.Armed(SmallPlant.AckTimeout) > 0) return $"the broker is to acknowledge (uplink {(Gateway.Status.UplinkIsUp ? "up" : "down")})";
        return Clock.Armed(SmallPlant.KeepAlive / 2) > 0 ? "the broker is to answer a ping" : null;
    }

    private async Task UntilAsync(Func<string?> busy)
    {
        long? since = null;
        for (var looks = 1; busy() is { } what; looks++)
        {
            await Task.Yield();
            if (looks % 4096 != 0) continue;
            _ending.ThrowIfCancellationRequested();
            since ??= TimeProvider.System.GetTimestamp();
            if (TimeProvider.System.GetElapsedTime(since.Value) > Patience) throw new TimeoutException($"waited {Patience.TotalSeconds:0} s in vain: {what}");
        }
    }
}
