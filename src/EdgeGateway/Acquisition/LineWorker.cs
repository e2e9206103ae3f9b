using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Links;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Acquisition;

/// <summary>
/// One loop for one cable or socket: serves the groups of its devices by earliest deadline, owns the stream, its loss and its return. Every slot that
/// falls due becomes readings, with values or with the reason why there are none.
/// </summary>
internal sealed class LineWorker
{
    private static readonly TimeSpan FirstRedial = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRedial = TimeSpan.FromSeconds(60);

    private readonly Line _line;
    private readonly LinkDial _dial;
    private readonly DriverTurns _drivers;
    private readonly ReadingChannel _channel;
    private readonly SlotBook _book;
    private readonly GatewayStatus _status;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly PollSink _sink;
    private readonly PollSlots[] _slots;
    private readonly DeviceState[] _devices;
    private readonly Backoff _redial;
    private readonly Refusals _refusals;
    private Stream? _link;
    private bool _isUp;
    private long _downSince;
    private TimeSpan _redialIn;

    public LineWorker(Line line, LinkDial dial, Func<DriverType, IDriver> create, ReadingChannel channel, SlotBook book, GatewayStatus status, TimeProvider time, Random random, ILogger log, double phase = 0)
    {
        (_line, _dial, _channel, _book, _status, _time, _log) = (line, dial, channel, book, status, time, log);
        _drivers = new DriverTurns(line, create, time);
        _sink = new PollSink(channel, time);
        _refusals = new Refusals(log);
        _redial = new Backoff(FirstRedial, LongestRedial, random);
        _devices = line.Devices.Select(device => new DeviceState(device, time, random)).ToArray();
        var start = time.GetTimestamp();
        var groups = _devices.SelectMany(state => state.Device.Groups.Select(group => (group, state))).ToList();
        // Phases are spread over each period, so that groups of the same pace do not all fall due at once; 'phase' (0 to 1) does the same
        // between the lines of a plant.
        _slots = groups.Select((entry, i) =>
            new PollSlots(entry.group, entry.state, start, entry.group.Poll.Period * ((i + phase) / groups.Count), time)).ToArray();
        Report(null);
    }

    /// <summary>Runs until cancelled; then accounts for the slots that were due and drops the stream.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var due = EarliestDue();
                var wait = due.DueIn;
                // Task.Delay drops fractions of a millisecond: rounded up, or the loop would spin until the slot is due.
                if (wait > TimeSpan.Zero)
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), _time, stoppingToken).ConfigureAwait(false);
                stoppingToken.ThrowIfCancellationRequested();
                await ServeAsync(due, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            foreach (var slots in _slots)
            {
                await PassAsync(slots, slots.NewestDue).ConfigureAwait(false);
                _book.Close(slots.Group, slots.Next - 1);
            }
        }
        finally
        {
            await HangUpAsync().ConfigureAwait(false);
        }
    }

    private PollSlots EarliestDue()
    {
        var earliest = _slots[0];
        var least = earliest.DueIn;
        foreach (var slots in _slots)
        {
            var dueIn = slots.DueIn;
            if (dueIn < least) (earliest, least) = (slots, dueIn);
        }
        return earliest;
    }

    private async ValueTask ServeAsync(PollSlots slots, CancellationToken stoppingToken)
    {
        // Only the newest due slot can still be polled; those before it have passed while the line was busy or away.
        await PassOlderAsync(slots).ConfigureAwait(false);
        if (!_isUp && !await DialAsync(stoppingToken).ConfigureAwait(false))
        {
            await PassAsync(slots, slots.NewestDue).ConfigureAwait(false);
            return;
        }
        _sink.Begin(slots.Group, slots.Next);
        var missing = Quality.BadReply;
        LineDownException? lost = null;
        if (!slots.Device.MayAsk) missing = Quality.NotAsked;
        else
        {
            try
            {
                var outcome = await _drivers.ReadAsync(slots.Device.Device, slots.Group.Poll, _sink, stoppingToken).ConfigureAwait(false);
                Judge(slots.Device, outcome);
            }
            catch (LineDownException e)
            {
                (missing, lost) = (Quality.NotConnected, e);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                missing = Quality.Skipped; // stopped in the middle: the slot still gets its readings
            }
        }
        _sink.Close(missing);
        if (lost is not null || _sink.IsLetDown) _drivers.LetDown(slots.Group.Poll);
        _refusals.Look(_line.Name, slots.Device.Device.Name, _sink);
        slots.Advance();
        await HandOverAsync().ConfigureAwait(false);
        // Only now: the sink is free again for the slots that passed while this poll kept the line busy.
        if (lost is not null) await LoseLinkAsync(lost).ConfigureAwait(false);
    }

    /// <summary>Answers for the slots that can no longer be polled, by the state the line was in while they passed.</summary>
    private async ValueTask PassOlderAsync(PollSlots slots)
    {
        while (slots.Next < slots.NewestDue) await PassAsync(slots, slots.Next).ConfigureAwait(false);
    }

    private async ValueTask PassOlderOfAllAsync()
    {
        foreach (var slots in _slots) await PassOlderAsync(slots).ConfigureAwait(false);
    }

    /// <summary>Answers for slots up to <paramref name="last"/> without asking.</summary>
    private async ValueTask PassAsync(PollSlots slots, long last)
    {
        while (slots.Next <= last)
        {
            _sink.Begin(slots.Group, slots.Next);
            _sink.Close(_isUp ? Quality.Skipped : Quality.NotConnected);
            if (_isUp) _status.CountSkippedSlots(1);
            slots.Advance();
            await HandOverAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask HandOverAsync()
    {
        foreach (var block in _sink.Blocks)
        {
            _status.CountReadings(block.Count, 0);
            if (_channel.Writer.TryWrite(block)) continue;
            _status.CountChannelWait();
            await _channel.Writer.WriteAsync(block, CancellationToken.None).ConfigureAwait(false);
        }
        _status.CountReadings(0, _sink.Good);
    }

    private async ValueTask<bool> DialAsync(CancellationToken stoppingToken)
    {
        if (_redial.Failures > 0 && _time.GetElapsedTime(_downSince) < _redialIn) return false;
        try
        {
            _link = await _dial.DialAsync(stoppingToken).ConfigureAwait(false);
            await _drivers.AttachAsync(_link, stoppingToken).ConfigureAwait(false);
            await PassOlderOfAllAsync().ConfigureAwait(false); // while the line was still down
            _isUp = true;
            foreach (var device in _devices) device.ForgetSilence();
            _log.LineUp(_line.Name, _dial.Endpoint);
            Report(null);
            return true;
        }
        catch (LineDownException e)
        {
            await LoseLinkAsync(e).ConfigureAwait(false);
            return false;
        }
    }

    private async ValueTask LoseLinkAsync(LineDownException cause)
    {
        var wasUp = _isUp;
        if (wasUp) await PassOlderOfAllAsync().ConfigureAwait(false); // while the line was busy
        await HangUpAsync().ConfigureAwait(false);
        _downSince = _time.GetTimestamp();
        _redialIn = _redial.Next();
        // A change of state is said once; the attempts that follow are counted in the status.
        if (wasUp || _redial.Failures == 1) _log.LineDown(_line.Name, cause.Message, _redialIn.TotalSeconds);
        Report(cause.Message);
    }

    private async ValueTask HangUpAsync()
    {
        _isUp = false;
        if (_link is not { } link) return;
        _link = null;
        await link.DisposeAsync().ConfigureAwait(false);
    }

    private void Judge(DeviceState device, PollOutcome outcome)
    {
        if (outcome == PollOutcome.Answered)
        {
            _redial.Reset();
            if (!device.Answered()) return;
            _log.DeviceAnswers(_line.Name, device.Device.Name);
        }
        else
        {
            if (!device.WasSilent()) return;
            _log.DeviceSilent(_line.Name, device.Device.Name);
        }
        Report(null);
    }

    private void Report(string? trouble) =>
        _status.Lines[_line.Name] = new LineStatus(_isUp, _devices.Count(device => device.IsDemoted), trouble);
}
