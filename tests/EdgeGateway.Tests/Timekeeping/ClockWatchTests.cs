using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Timekeeping;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGateway.Tests.Timekeeping;

/// <summary>The watch over the clocks, under a clock that the test steps, with the events it asks for.</summary>
public sealed class ClockWatchTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Released = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SteppedClock _time = new();
    private readonly BootClock _clock;
    private readonly ScriptedSource _first = new("chrony");
    private readonly ScriptedSource _second = new("kernel");
    private readonly EventQueue _events = new();
    private readonly List<string> _recorded = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _recording;
    private readonly ClockWatch _watch;

    public ClockWatchTests()
    {
        _clock = new BootClock(_time);
        _watch = new ClockWatch(_clock, [_first, _second], Released, _events, new GatewayStatus(), _time, NullLogger<ClockWatch>.Instance);
        _recording = RecordAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(CancellationToken.None);
        _watch.Dispose();
        _events.Close();
        await _recording;
        _ending.Dispose();
    }

    [Fact]
    public async Task A_synchronised_clock_says_so_with_error_and_age()
    {
        _time.Pass(TimeSpan.FromSeconds(20));
        _first.Report = new ClockReport(true, 2.2, TimeSpan.FromSeconds(5));
        await StartAsync();
        await Eventually.Is(() => Recorded.Length > 0, "the source is on record"); // and the clock has stood still
        Assert.Equal(3, _clock.Trust.ErrorMsAt(20_000));
        Assert.Equal(5, _clock.Trust.AgeSecondsAt(20_000));
        Assert.Equal(["clock,\"why\":\"source\",\"was\":\"none\",\"is\":\"chrony\""], Recorded);
    }

    [Fact]
    public async Task A_clock_that_nobody_synchronises_any_more_is_relative()
    {
        _first.Report = new ClockReport(true, 2, TimeSpan.Zero);
        await StartAsync();
        await UntilTrust(ClockState.Synchronised);
        _first.Report = new ClockReport(false, null, null);
        await PassAsync(ClockWatch.AskEvery);
        await UntilTrust(ClockState.Relative);
        Assert.InRange(_clock.Trust.AgeSecondsAt(_clock.MonotonicMs)!.Value, 30, 40);
    }

    [Fact]
    public async Task A_clock_that_nobody_ever_synchronised_is_informative()
    {
        await StartAsync();
        await UntilTrust(ClockState.Informative);
        Assert.Empty(Recorded);
    }

    [Fact]
    public async Task A_changed_source_is_on_record()
    {
        _first.Report = new ClockReport(true, 2, TimeSpan.Zero);
        await StartAsync();
        await UntilTrust(ClockState.Synchronised);
        _first.Report = null;
        _second.Report = new ClockReport(true, 500, null);
        await PassAsync(ClockWatch.AskEvery);
        await UntilRecorded("clock,\"why\":\"source\",\"was\":\"chrony\",\"is\":\"kernel\"");
    }

    [Fact]
    public async Task A_step_is_on_record_and_what_was_measured_before_it_counts_no_more()
    {
        _first.Report = new ClockReport(true, 2, TimeSpan.FromSeconds(1));
        await StartAsync();
        await UntilTrust(ClockState.Synchronised);
        _first.Report = new ClockReport(true, 2, TimeSpan.FromHours(2));
        _time.Step(TimeSpan.FromHours(1));
        await PassAsync(ClockWatch.LookEvery);
        await UntilTrust(ClockState.Informative);
        await UntilRecorded(text => text.StartsWith("clock,\"why\":\"step\",", StringComparison.Ordinal) && text.EndsWith(",\"fwd\":3600000,\"back\":0", StringComparison.Ordinal));

        _first.Report = new ClockReport(true, 2, TimeSpan.Zero); // measured again
        await PassAsync(ClockWatch.AskEvery);
        await UntilTrust(ClockState.Synchronised);
    }

    [Fact]
    public async Task A_clock_before_the_release_is_on_record_and_unknown_whoever_synchronised_it()
    {
        _first.Report = new ClockReport(true, 2, TimeSpan.Zero);
        _time.Step(new DateTimeOffset(1970, 1, 1, 0, 0, 7, TimeSpan.Zero) - _time.GetUtcNow());
        await StartAsync();
        await UntilRecorded($"clock,\"why\":\"early\",\"rel\":{Released.ToUnixTimeMilliseconds()}");
        Assert.Equal(ClockState.Unknown, _clock.Trust.State);

        _time.Step(TimeSpan.FromDays(57 * 366));
        await PassAsync(ClockWatch.AskEvery);
        await UntilTrust(ClockState.Synchronised);
        Assert.Single(Recorded, text => text.Contains("early", StringComparison.Ordinal));
    }

    private string[] Recorded
    {
        get
        {
            lock (_recorded) return [.. _recorded];
        }
    }

    private Task StartAsync() => _watch.StartAsync(_ending.Token);

    private async Task PassAsync(TimeSpan duration)
    {
        for (var passed = TimeSpan.Zero; passed <= duration; passed += ClockWatch.LookEvery)
        {
            _time.Pass(ClockWatch.LookEvery);
            await Task.Yield();
        }
    }

    // The watch may have been between two of its waits when time passed: it is asked again.
    private Task UntilTrust(ClockState state) => Eventually.Is(() =>
    {
        if (_clock.Trust.State == state) return true;
        _time.Pass(ClockWatch.LookEvery);
        return false;
    }, () => $"{_clock.Trust}");

    private Task UntilRecorded(string text) => UntilRecorded(recorded => recorded == text);

    private Task UntilRecorded(Func<string, bool> isIt) => Eventually.Is(() =>
    {
        if (Recorded.Any(isIt)) return true;
        _time.Pass(ClockWatch.LookEvery);
        return false;
    }, () => string.Join('\n', Recorded));

    private async Task RecordAsync()
    {
        await foreach (var requested in _events.Reader.ReadAllAsync())
        {
            lock (_recorded) _recorded.Add(requested.Name + requested.Members);
            requested.Recorded.SetResult();
        }
    }
}
