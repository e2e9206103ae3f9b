using System.Globalization;
using System.Threading.Channels;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Timekeeping;

/// <summary>
/// Judges the wall clock: looks at it beside the monotonic clock every few seconds, asks every half minute who keeps it right, and puts on record when it steps, when its keeper
/// changes and when it shows what cannot be (docs/wire.md §4.2, <c>clock</c>). Nothing waits for it, and nothing is scheduled by what it finds.
/// </summary>
/// <param name="clock">The clocks of this boot; gets the judgement.</param>
/// <param name="sources">Who may keep the clock, the first that is there counts.</param>
/// <param name="released">No honest clock shows a time before this program was released.</param>
/// <param name="events">The way to the record.</param>
/// <param name="status">Gets the judgement in words.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Log.</param>
internal sealed class ClockWatch(
    BootClock clock, IReadOnlyList<IClockSource> sources, DateTimeOffset released, EventQueue events, GatewayStatus status, TimeProvider time, ILogger<ClockWatch> log) : BackgroundService
{
    /// <summary>Between two looks at both clocks.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(4);

    /// <summary>Between two questions to the sources.</summary>
    public static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(30);

    /// <summary>The name of a clock that nobody keeps.</summary>
    public const string Nobody = "none";

    private string _source = Nobody;
    private long _platformSaid;
    private bool _wasEarly;
    private long? _askedAt;
    private long? _believedFrom; // monotonic ms; what was synchronised before a step says nothing about the clock after it
    private ClockTrust _synchronised = ClockTrust.None;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
                if (_askedAt is not { } at || time.GetElapsedTime(at) >= AskEvery) await AskAsync(stoppingToken).ConfigureAwait(false);
                await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (stoppingToken.IsCancellationRequested && e is OperationCanceledException or ChannelClosedException)
        {
            // The gateway stops.
        }
        catch (ChannelClosedException)
        {
            // The recorder has ended before us; it says why.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var (now, _) = clock.Stamp();
        foreach (var step in clock.TakeSteps())
        {
            _believedFrom = step.To;
            _synchronised = ClockTrust.None;
            _askedAt = null; // its keeper is asked at once
            clock.Trust = new ClockTrust(IsEarly(now) ? ClockState.Unknown : ClockState.Informative, null, null);
            log.Stepped(step.Forward, step.Back);
            await RecordAsync("step", string.Create(CultureInfo.InvariantCulture,
                $",\"m0\":{step.From},\"m1\":{step.To},\"fwd\":{step.Forward},\"back\":{step.Back}"), cancellationToken).ConfigureAwait(false);
        }
        if (IsEarly(now) && !_wasEarly)
        {
            _wasEarly = true;
            clock.Trust = ClockTrust.None;
            log.Early(time.GetUtcNow(), released);
            await RecordAsync("early", string.Create(CultureInfo.InvariantCulture, $",\"rel\":{released.ToUnixTimeMilliseconds()}"), cancellationToken).ConfigureAwait(false);
        }
        _wasEarly = IsEarly(now);
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        _askedAt = time.GetTimestamp();
        var (name, report) = (Nobody, (ClockReport?)null);
        foreach (var source in sources)
        {
            if (await source.AskAsync(cancellationToken).ConfigureAwait(false) is not { } answer) continue;
            (name, report) = (source.Name, answer);
            break;
        }
        // The clock may have moved while they thought about it.
        await LookAsync(cancellationToken).ConfigureAwait(false);
        var (now, monotonic) = clock.Stamp();
        clock.Trust = Judge(report, now, monotonic);
        await ListenToPlatformAsync(cancellationToken).ConfigureAwait(false);
        status.Clock = Words(name, clock.Trust, monotonic);
        if (name == _source) return;
        log.SourceChanged(_source, name);
        var was = _source;
        _source = name;
        await RecordAsync("source", $",\"was\":\"{was}\",\"is\":\"{name}\"", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a third party has signed weighs more than what this machine says of itself.</summary>
    private async Task ListenToPlatformAsync(CancellationToken cancellationToken)
    {
        var said = clock.PlatformSaysWrongByMs;
        if (said != 0 && clock.Trust.State != ClockState.Unknown) clock.Trust = new ClockTrust(ClockState.Informative, Math.Abs(said), null);
        if (said != 0 == (_platformSaid != 0)) return;
        _platformSaid = said;
        if (said == 0) return;
        log.PlatformDisagrees(said);
        await RecordAsync("platform", string.Create(CultureInfo.InvariantCulture, $",\"by\":{said}"), cancellationToken).ConfigureAwait(false);
    }

    private ClockTrust Judge(ClockReport? report, long now, long monotonic)
    {
        // Whoever synchronised it to this, it is not the time.
        if (IsEarly(now)) return ClockTrust.None;
        if (report is { IsSynchronised: true })
        {
            var at = monotonic - (long)(report.Age ?? TimeSpan.Zero).TotalMilliseconds;
            // A measurement from before the step is none of the clock after it.
            if (_believedFrom is null || at >= _believedFrom || report.Age is null)
                return _synchronised = new ClockTrust(ClockState.Synchronised, report.ErrorMs is { } error ? (long)Math.Ceiling(Math.Clamp(error, 0, 1e12)) : null, at);
        }
        return _synchronised.State == ClockState.Synchronised ? _synchronised with { State = ClockState.Relative } : new ClockTrust(ClockState.Informative, null, null);
    }

    private bool IsEarly(long utcMs) => utcMs < released.ToUnixTimeMilliseconds();

    private Task RecordAsync(string why, string members, CancellationToken cancellationToken) =>
        events.RecordAsync("clock", $",\"why\":\"{why}\"{members}", command: null, cancellationToken);

    private static string Words(string source, ClockTrust trust, long monotonic) => trust.State switch
    {
        ClockState.Synchronised => string.Create(CultureInfo.InvariantCulture, $"synchronised by {source}{(trust.ErrorMs is { } error ? $", within {error} ms" : "")}"),
        ClockState.Relative => string.Create(CultureInfo.InvariantCulture, $"not synchronised for {trust.AgeSecondsAt(monotonic)} s"),
        ClockState.Informative => "not synchronised since the start or its last step",
        _ => "wrong: it shows a time before this program was released",
    };
}
