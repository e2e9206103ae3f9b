using System.Runtime.CompilerServices;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// Reads groups from Modbus devices over any framing. What a device refuses inside a merged question is found by halving it in the same
/// poll, so that its neighbours keep their values, and is asked by itself again every ten minutes.
/// </summary>
internal sealed class ModbusDriver(ModbusExchange exchange, TimeProvider time) : IDriver
{
    /// <summary>How long a refused place is left alone. At most one is tried again in a poll, so that many of them never cost a slot.</summary>
    private static readonly TimeSpan RetryRefusedAfter = TimeSpan.FromMinutes(10);

    private readonly ConditionalWeakTable<PollGroup, GroupKnowledge> _groups = [];
    private readonly ModbusPoll _poll = new(exchange, time);
    private int _attachment;

    /// <inheritdoc/>
    public ValueTask AttachAsync(Stream link, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        exchange.Attach(link);
        _attachment++;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void TakeTurn() => exchange.TakeTurn();

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PollOutcome> ReadAsync(PollGroup group, ISampleSink sink, CancellationToken cancellationToken)
    {
        var known = KnownOf(group);
        var plan = known.PlanFor(_attachment);
        await _poll.AskAsync(known, plan, sink, cancellationToken).ConfigureAwait(false);
        var hasAnswered = _poll.HasAnswered;

        ReadRequest? retried = null;
        var now = time.GetTimestamp();
        // Where everything is refused, one place is asked in every poll all the same: only so the poll tells whether the device lives.
        var latest = plan.IsEmpty ? now : now - (long)(RetryRefusedAfter.TotalSeconds * time.TimestampFrequency);
        if (!_poll.WasLetDown && known.OldestRefused(latest) is { } place)
        {
            retried = place;
            var answer = await exchange.AskAsync(known.Device, place, cancellationToken).ConfigureAwait(false);
            hasAnswered |= answer.Kind != AnswerKind.Silence;
            now = answer.AnsweredAt;
            if (answer.Kind == AnswerKind.Data)
            {
                known.Decode(place, exchange.Data, sink.Block(place.First, place.Count, answer.AskedAt, answer.AnsweredAt));
                known.Forget();
            }
            else
            {
                known.StillRefused(place, now);
                ModbusPoll.Fill(sink, place, answer, ModbusPoll.QualityOf(answer));
            }
        }
        known.FillLeftOut(sink, retried, now, hasAnswered ? Quality.IllegalAddress : Quality.Timeout);
        return hasAnswered ? PollOutcome.Answered : PollOutcome.Silent;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ProbeAsync(PollGroup group, TimeSpan patience, CancellationToken cancellationToken)
    {
        var known = KnownOf(group);
        _ = known.PlanFor(_attachment);
        var answer = await exchange.AskAsync(known.Device, known.Cheapest(), patience, cancellationToken).ConfigureAwait(false);
        return answer.Kind != AnswerKind.Silence;
    }

    private GroupKnowledge KnownOf(PollGroup group)
    {
        if (_groups.TryGetValue(group, out var known)) return known;
        known = new GroupKnowledge(group, _attachment);
        _groups.Add(group, known);
        return known;
    }
}
