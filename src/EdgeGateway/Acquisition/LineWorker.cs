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
    private const string SilentLine = "none of its devices answers";

    private static readonly TimeSpan FirstRedial = TimeSpan.FromMilliseconds(500);

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
    private readonly SilenceWatch _silence;
    private readonly ProbeBudget _probes;
    private readonly DownReasons _reasons = new();
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
        _redial = new Backoff(FirstRedial, dial.LongestRedial, random);
        _devices = line.Devices.Select(device => new DeviceState(device, status.Devices.GetOrAdd(device.Name, _ => new DeviceFigures()), time, random)).ToArray();
        _silence = new SilenceWatch(_devices);
        _probes = new ProbeBudget(time);
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
            await _drivers.EndAsync().ConfigureAwait(false);
            _dial.Close();
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
        PollOutcome? outcome = null;
        if (!MayAsk(slots.Device))
        {
            missing = Quality.NotAsked;
            slots.Device.Figures.CountNotAsked();
        }
        else
        {
            slots.Device.Figures.Lateness.Add(-slots.DueIn);
            try
            {
                if (!slots.Device.IsDemoted || await ProbeAsync(slots, stoppingToken).ConfigureAwait(false))
                    outcome = await _drivers.ReadAsync(slots.Device.Device, slots.Group.Poll, _sink, stoppingToken).ConfigureAwait(false);
                else (outcome, missing) = (PollOutcome.Silent, Quality.Timeout);
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
        if (outcome is { } judged) lost ??= Judge(slots.Device, judged);
        if (_sink.TimesDropped > 0) slots.Device.Figures.CountDropped(_sink.TimesDropped);
        _refusals.Look(_line.Name, slots.Device.Device.Name, _sink);
        slots.Advance();
        await HandOverAsync().ConfigureAwait(false);
        // Only now: the sink is free again for the slots that passed while this poll kept the line busy.
        if (lost is not null) await LoseLinkAsync(lost).ConfigureAwait(false);
    }

    /// <summary>A dead device is tried only out of the line's budget for that, unless the line has nothing better to do.</summary>
    private bool MayAsk(DeviceState device) =>
        device.MayAsk && (!device.IsDemoted || _probes.MayProbe(device) || Array.TrueForAll(_devices, other => other.IsDemoted));

    private async ValueTask<bool> ProbeAsync(PollSlots slots, CancellationToken stoppingToken)
    {
        var begunAt = _time.GetTimestamp();
        _probes.Done(slots.Device);
        if (await _drivers.ProbeAsync(slots.Device.Device, slots.Group.Poll, slots.Device.AnswerTime.Patience, stoppingToken).ConfigureAwait(false)) return true;
        slots.Device.AnswerTime.WasInVain();
        _probes.Spend(_time.GetElapsedTime(begunAt));
        return false;
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
            if (_isUp)
            {
                _status.CountSkippedSlots(1);
                slots.Device.Figures.CountSkipped();
            }
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
            _reasons.Forget();
            GiveAllAChance();
            _silence.Dialled();
            if (!_silence.IsLineSilent) _log.LineUp(_line.Name, _dial.Endpoint);
            Report(_silence.IsLineSilent ? SilentLine : null);
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
        // A change of state is said once; the attempts that follow are counted in the status, unless they fail for a reason of their own that is worth a word.
        if (_dial.TellsEveryReason)
        {
            if (_reasons.IsNew(cause.Message) || wasUp) _log.LineDownFor(_line.Name, cause.Message);
        }
        else if ((wasUp || _redial.Failures == 1) && !_silence.IsLineSilent) _log.LineDown(_line.Name, cause.Message, _redialIn.TotalSeconds, _dial.LongestRedial.TotalSeconds);
        Report(cause.Message);
    }

    private async ValueTask HangUpAsync()
    {
        _isUp = false;
        if (_link is not { } link) return;
        _link = null;
        await link.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What a poll says about its device and its line; the reason to drop the stream, or null.</summary>
    private LineDownException? Judge(DeviceState device, PollOutcome outcome)
    {
        if (outcome == PollOutcome.Silent) return JudgeSilence(device);
        _redial.Reset();
        device.Figures.CountAnswer(_sink.RoundTrip, _sink.HasBadReply);
        if (_sink.RoundTrip is { } took) device.AnswerTime.Took(took);
        if (_silence.IsLineSilent)
        {
            _log.LineAnswers(_line.Name);
            // It was the line: nobody waits for the end of a back-off now.
            GiveAllAChance();
        }
        else if (device.IsDemoted && !_silence.IsUnnamed(device)) _log.DeviceAnswers(_line.Name, device.Device.Name);
        if (!_silence.Answered(device, out var silent) & !device.Answered()) return null;
        foreach (var other in silent) _log.DeviceSilent(_line.Name, other.Device.Name);
        Report(null);
        return null;
    }

    private LineDownException? JudgeSilence(DeviceState device)
    {
        device.Figures.CountSilence();
        var isNews = device.WasSilent();
        var isLineSilent = _silence.WasSilent(device, isNews);
        if (isLineSilent && !_silence.IsLineSilent)
        {
            _log.LineSilent(_line.Name, _devices.Length, _silence.SilentPolls);
            _silence.NameLine();
        }
        if (isNews || isLineSilent) Report(_silence.IsLineSilent ? SilentLine : null);
        if (!isLineSilent || !_dial.MayBeHalfOpen || _link is not { } link) return null;
        // Perhaps the other end has been gone for long, or a serial server keeps a dead connection for us: a new one finds out.
        _dial.GiveUp(link);
        return new LineDownException(SilentLine);
    }

    private void GiveAllAChance()
    {
        foreach (var device in _devices)
        {
            device.ForgetSilence();
            _probes.Done(device);
        }
    }

    private void Report(string? trouble) =>
        _status.Lines[_line.Name] = new LineStatus(_isUp, _devices.Count(device => device.IsDemoted), trouble);
}
