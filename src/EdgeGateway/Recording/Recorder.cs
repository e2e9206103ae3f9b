using System.Globalization;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Precheck;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Recording;

/// <summary>
/// The single writer: gathers readings, seals them into segments and stores them, each batch in one durable commit. Owns every sequence number
/// of the gateway. Says at start what the store knew of the boot before (docs/wire.md §4.2, §4.3) and at an orderly stop that it stops.
/// </summary>
internal sealed class Recorder(
    Plant plant, ReadingChannel channel, EventQueue events, IOutbox outbox, Sealer sealer, SlotBook slots, AggregateBook aggregates, GatewayStatus status, TimeProvider time, ILogger<Recorder> log)
    : BackgroundService
{
    private static readonly TimeSpan RetryAtFirst = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryAtMost = TimeSpan.FromSeconds(10);

    private readonly List<ReadingBlock> _batch = [];
    private readonly List<Segment> _sealed = [];
    private readonly SegmentBody _body = new(sealer.MaxBodyBytes);
    private readonly AggregateBody _aggregateBody = new(sealer.MaxBodyBytes);
    private readonly Dictionary<string, StreamTail> _tails = [];
    private readonly List<RequestedEvent> _requested = [];
    private readonly List<Eviction> _givenUp = [];
    private readonly HourSeal _hour = new(outbox, time);
    private bool _hasMadeRoom;
    private long? _command;
    private Task? _event;

    /// <summary>Seals what must stand before the first reading; what others wait for, so it is done when the host has started.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        SayNews();
        foreach (var stream in Streams.InOrderOfUrgency) _tails[stream] = outbox.Tail(stream);
        try
        {
            _hour.TakeUp();
        }
        catch (IOException e)
        {
            log.NotTakenUp(e.Message);
        }
        var hasLeft = !_hour.IsEmpty;
        try
        {
            new AggregateResume(aggregates, outbox).Run();
        }
        catch (IOException e)
        {
            // Readings are worth more than the aggregates of an open day, whose counts will say that something is missing.
            log.NotTakenUp(e.Message);
        }
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var previous = outbox.Previous;
        var how = previous.Boot.Length == 0 ? "first" : previous.WasStopped ? "stopped" : "crashed";
        if (previous.Boot.Length == 0)
            SealEvent(Streams.Events, "epoch", previous.EpochBefore is { } before ? $$""","of":{"ep":{{before}}}""" : ",\"of\":null");
        SealEvent(Streams.Events, "boot", $",\"prev\":\"{previous.Boot}\",\"how\":\"{how}\"");
        // What cf is the hash of stands in each epoch at least once.
        if (previous.Boot.Length == 0 || previous.ConfigHash != plant.ConfigHash)
            foreach (var members in ConfigurationParts.Of(plant.PackedConfiguration)) SealEvent(Streams.Events, "configuration", members);
        if (previous.Boot.Length > 0)
        {
            if (previous.ConfigHash != plant.ConfigHash)
                SealEvent(Streams.Events, "config", $",\"was\":\"{previous.ConfigHash}\"");
            var body = string.Create(CultureInfo.InvariantCulture, $",\"cause\":\"{how}\",\"prev\":\"{previous.Boot}\",\"from\":{previous.LastReadingMs},\"to\":{now}");
            SealNow(Streams.Readings, "gap"u8, body);
        }
        SealInParts(plant.Groups.ToList(), "plan", "groups", static (text, group) => text
            .Raw("{\"id\":"u8).Quoted(group.Id).Raw(",\"pm\":"u8).Number((long)group.Poll.Period.TotalMilliseconds)
            .Raw(",\"n\":"u8).Number(group.Signals.Length).Raw(",\"k0\":0}"u8));
        // What a crash has kept from its seal gets one now.
        if (hasLeft) SealHour();
        await StoreAsync(Mark(stopped: false), cancellationToken).ConfigureAwait(false);
        log.Started(sealer.Identity.Boot, outbox.Epoch, how);
        // The boot is on record: from here on the loop runs whatever happens to the start, or nobody would record the stop.
        await base.StartAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Returns when the rest is sealed and the stop is on record.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        // The loop is never ended by the stopping token; but a stop that comes right behind the start can keep the host's thread pool from beginning it at all. The boot is on record, so its stop has to be.
        if (ExecuteTask is { IsCanceled: true }) await ExecuteAsync(CancellationToken.None).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RecordAsync().ConfigureAwait(false);
        }
        finally
        {
            // If recording fails, lines must not wait for room in a channel that nobody empties any more.
            channel.Writer.TryComplete();
            events.Close();
            foreach (var requested in _requested) requested.Recorded.TrySetCanceled(CancellationToken.None);
            while (events.Reader.TryRead(out var requested)) requested.Recorded.TrySetCanceled(CancellationToken.None);
        }
    }

    private async Task RecordAsync()
    {
        // Not ended by the stopping token: acquisition stops first and completes the channel, then the rest is sealed.
        while (await GatherAsync().ConfigureAwait(false))
        {
            if (_batch.Count > 0)
            {
                Judge();
                SealBatch();
                SealAggregates();
            }
            SealRequested();
            SealDamage();
            if (_hour.IsDue) SealHour();
            await StoreAsync(null, CancellationToken.None).ConfigureAwait(false);
        }
        events.Close();
        SealRequested();
        SealInParts(plant.Groups.ToList(), "stop", "last", (text, group) =>
            text.Raw("["u8).Quoted(group.Id).Raw(","u8).Number(slots.LastDue(group)).Raw("]"u8));
        SealHour();
        SealEvent(Streams.Events, "shutdown", "");
        await StoreAsync(Mark(stopped: true), CancellationToken.None).ConfigureAwait(false);
        log.Stopped();
    }

    /// <summary>Waits for the first reading, then for the linger or the count; false when the channel has ended and nothing is left.</summary>
    private async ValueTask<bool> GatherAsync()
    {
        var reader = channel.Reader;
        if (!reader.TryPeek(out _) && !await SomethingToRecordAsync().ConfigureAwait(false)) return false;
        if (!reader.TryPeek(out _)) return true; // an event does not wait for company
        using var linger = new CancellationTokenSource(plant.Recording.Linger, time);
        var readings = 0;
        while (readings < plant.Recording.MaxReadings)
        {
            if (reader.TryRead(out var block))
            {
                _batch.Add(block);
                readings += block.Count;
                continue;
            }
            try
            {
                if (!await reader.WaitToReadAsync(linger.Token).ConfigureAwait(false)) break;
            }
            catch (OperationCanceledException)
            {
                break; // the linger is over: seal what is there
            }
        }
        return true;
    }

    /// <summary>False when the channel has ended and nothing is left in it.</summary>
    private async ValueTask<bool> SomethingToRecordAsync()
    {
        var readings = channel.Reader.WaitToReadAsync(CancellationToken.None);
        if (readings.IsCompleted) return await readings.ConfigureAwait(false);
        var waiting = readings.AsTask();
        await Task.WhenAny(waiting, EventAsync()).ConfigureAwait(false);
        return !waiting.IsCompleted || await waiting.ConfigureAwait(false);
    }

    // One wait at a time, kept until it is over: each new one would stay behind in the queue.
    private Task EventAsync() => _event is { IsCompleted: false } ? _event : _event = events.Reader.WaitToReadAsync(CancellationToken.None).AsTask();

    private void SealRequested()
    {
        while (events.Reader.TryRead(out var requested))
        {
            if (requested.Name == "key" && sealer.Offered is { } next) SealChange(next);
            else SealEvent(Streams.Events, requested.Name, requested.Members);
            _requested.Add(requested);
            _command = requested.Command ?? _command;
        }
    }

    private void SealChange(SigningKey next)
    {
        var others = _tails.Where(tail => tail.Key != Streams.Events).Select(tail => (tail.Key, tail.Value.Sequence)).ToList();
        Keep(sealer.SealChange(next, _tails[Streams.Events], others));
        sealer.Offered = null;
    }

    /// <summary>In the order in which they came, before they are sorted for sealing.</summary>
    private void Judge()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var block in _batch) aggregates.See(block, now);
        aggregates.Advance();
    }

    /// <summary>In the same commit as the readings that ended them, so that after a crash either both are there or neither.</summary>
    private void SealAggregates()
    {
        foreach (var closed in aggregates.TakeClosed())
        {
            foreach (var body in _aggregateBody.Write(closed))
                Keep(sealer.Seal(Streams.Aggregates, _tails[Streams.Aggregates], "aggregate"u8, closed.Start, closed.Start + closed.Period.Length - 1, body, 0));
            if (closed.Period == AggregatePeriod.Minute) status.NewestAggregate = AggregateText.Of(closed) ?? status.NewestAggregate;
        }
    }

    private void SealBatch()
    {
        // By group, so that a group's names stand once per payload; within a group by slot and by signal.
        _batch.Sort(static (a, b) =>
        {
            var byGroup = string.CompareOrdinal(a.Group.Id, b.Group.Id);
            if (byGroup != 0) return byGroup;
            var bySlot = a.Slot.CompareTo(b.Slot);
            return bySlot != 0 ? bySlot : a.First.CompareTo(b.First);
        });
        _body.T0 = _batch.Min(block => block.UtcMs);
        foreach (var block in _batch)
        {
            Add(block, 0, block.Count);
            channel.Return(block);
        }
        CloseBody();
        _batch.Clear();
    }

    private void Add(ReadingBlock block, int first, int count)
    {
        switch (_body.TryAdd(block, first, count))
        {
            case RowFit.Full:
                CloseBody();
                Add(block, first, count);
                break;
            case RowFit.TooLong:
                Add(block, first, count / 2);
                Add(block, first + count / 2, count - count / 2);
                break;
            case RowFit.Added:
                break;
        }
    }

    private void CloseBody()
    {
        if (_body.IsEmpty) return;
        Keep(sealer.Seal(Streams.Readings, _tails[Streams.Readings], "data"u8, _body.T0, _body.T1, _body.Close(), _body.Readings));
        _body.Clear();
    }

    private void SayNews()
    {
        foreach (var news in outbox.TakeNews()) log.StoreNews(news);
    }

    private void SealDamage()
    {
        SayNews();
        foreach (var lost in outbox.TakeDamage())
        {
            log.Damaged(lost.Stream, lost.Low, lost.High);
            SealGap(lost, "damaged");
            _givenUp.Add(lost);
        }
    }

    private void SealGap(Eviction lost, string cause)
    {
        var body = string.Create(CultureInfo.InvariantCulture,
            $",\"cause\":\"{cause}\",\"lo\":{lost.Low},\"hi\":{lost.High},\"hh\":\"{lost.Hash}\",\"n\":{lost.High - lost.Low + 1}");
        SealNow(lost.Stream, "gap"u8, body);
    }

    private void SealEvent(string stream, string name, string members) => SealNow(stream, "event"u8, $",\"ev\":\"{name}\"{members}");

    /// <summary>A list that may not fit one line, in numbered parts.</summary>
    private void SealInParts(List<SignalGroup> groups, string name, string member, Func<Utf8Buffer, SignalGroup, Utf8Buffer> write)
    {
        const int perPart = 300; // at most 150 bytes an entry
        var parts = Math.Max(1, (groups.Count + perPart - 1) / perPart);
        for (var part = 0; part < parts; part++)
        {
            var text = new Utf8Buffer(16 * 1024);
            text.Raw(",\"ev\":"u8).Quoted(name).Raw(",\"of\":"u8).Number(parts).Raw(",\"part\":"u8).Number(part + 1).Raw(","u8).Quoted(member).Raw(":["u8);
            var isFirst = true;
            foreach (var group in groups.Skip(part * perPart).Take(perPart))
            {
                if (!isFirst) text.Raw(","u8);
                isFirst = false;
                write(text, group);
            }
            Keep(sealer.SealNow(Streams.Readings, _tails[Streams.Readings], "event"u8, text.Raw("]"u8).Written));
        }
    }

    private void SealHour() => Keep(sealer.SealNow(Streams.Events, _tails[Streams.Events], "seal"u8, _hour.Close(_tails)));

    private void SealNow(string stream, ReadOnlySpan<byte> kind, string body) =>
        Keep(sealer.SealNow(stream, _tails[stream], kind, System.Text.Encoding.UTF8.GetBytes(body)));

    private void Keep(Segment segment)
    {
        _tails[segment.Stream] = new StreamTail(segment.Sequence, segment.Hash);
        _sealed.Add(segment);
        _hour.Add(segment);
    }

    /// <summary>
    /// Stores what is sealed, the same bytes again and again until the disk takes them. While it does not, the channel fills and the lines wait:
    /// nothing is lost silently, and the slots that pass are recorded as skipped.
    /// </summary>
    private async ValueTask StoreAsync(BootMark? boot, CancellationToken cancellationToken)
    {
        var delay = RetryAtFirst;
        while (true)
        {
            try
            {
                MakeRoom();
                outbox.Append(new OutboxCommit(_sealed) { Evictions = _givenUp, Boot = boot, Command = _command });
                if (status.StoreTrouble is not null) log.StoreWorksAgain();
                status.StoreTrouble = null;
                status.CountSegments(_sealed.Count);
                _sealed.Clear();
                _givenUp.Clear();
                _hasMadeRoom = false;
                _command = null;
                foreach (var requested in _requested) requested.Recorded.TrySetResult();
                _requested.Clear();
                return;
            }
            catch (IOException e)
            {
                if (status.StoreTrouble is null) log.StoreFails(e.Message, e);
                status.StoreTrouble = e.Message;
                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
                delay = delay * 2 < RetryAtMost ? delay * 2 : RetryAtMost;
            }
        }
    }

    /// <summary>When the store is full of undelivered segments, the oldest leave with a signed gap record in the same commit.</summary>
    private void MakeRoom()
    {
        if (_hasMadeRoom) return; // sealed already; this is another try to store it
        foreach (var eviction in outbox.Evicts(_sealed.Sum(segment => segment.Line.Length)))
        {
            log.Evicted(eviction.Stream, eviction.Low, eviction.High);
            SealGap(eviction, "evicted");
            _givenUp.Add(eviction);
            _hasMadeRoom = true;
        }
    }

    private BootMark Mark(bool stopped) => new(sealer.Identity.Boot, stopped, time.GetUtcNow().ToUnixTimeMilliseconds(), plant.ConfigHash);
}
