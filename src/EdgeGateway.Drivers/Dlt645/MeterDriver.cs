using System.Runtime.CompilerServices;

namespace EdgeGateway.Drivers.Dlt645;

/// <summary>
/// Reads groups from meters. A block that a meter refuses or shortens is asked for member by member, in the same poll and from then on; a refused item is
/// left out and tried again every ten minutes.
/// </summary>
internal sealed class MeterDriver(TimeProvider time) : IDriver
{
    /// <summary>How long a refused item is left alone. At most one is tried again in a poll, so that many of them never cost a slot.</summary>
    private static readonly TimeSpan RetryRefusedAfter = TimeSpan.FromMinutes(10);

    private readonly ConditionalWeakTable<PollGroup, MeterKnowledge> _groups = [];
    private readonly Stack<Step> _steps = new();
    private readonly MeterExchange _exchange = new(time);
    private int _attachment;

    /// <inheritdoc/>
    public ValueTask AttachAsync(Stream link, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _exchange.Attach(link);
        _attachment++;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void TakeTurn() => _exchange.TakeTurn();

    /// <inheritdoc/>
    public async ValueTask<bool> ProbeAsync(PollGroup group, TimeSpan patience, CancellationToken cancellationToken)
    {
        var known = KnownOf(group);
        _ = known.PlanFor(_attachment);
        var reply = await _exchange.AskAsync(known.Device, known.Shortest(), patience, cancellationToken).ConfigureAwait(false);
        return reply.Kind != ReplyKind.Silence;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PollOutcome> ReadAsync(PollGroup group, ISampleSink sink, CancellationToken cancellationToken)
    {
        var known = KnownOf(group);
        var plan = known.PlanFor(_attachment);
        _steps.Clear();
        for (var i = plan.Length - 1; i >= 0; i--)
        {
            var at = (known.StartAt + i) % plan.Length;
            _steps.Push(new Step(plan[at], at));
        }

        var hasAnswered = false;
        Reply? silence = null;
        while (_steps.TryPop(out var step))
        {
            if (silence is { } waited)
            {
                // A meter that has just let one question time out is not asked more: a dead one costs its line one timeout a poll.
                Fill(sink, step.Question, waited, Quality.Timeout);
                continue;
            }
            var reply = await _exchange.AskAsync(known.Device, step.Question.Item, known.Device.Timeout, cancellationToken).ConfigureAwait(false);
            hasAnswered |= reply.Kind != ReplyKind.Silence;
            if (reply.Kind == ReplyKind.Silence)
            {
                silence = reply;
                known.Silent(step.Question, step.At);
            }
            Take(known, sink, step, reply);
        }

        ReadQuestion? retried = null;
        var now = time.GetTimestamp();
        // Where everything is refused, one item is asked for in every poll all the same: only so the poll tells whether the meter lives.
        var latest = plan.IsEmpty ? now : now - (long)(RetryRefusedAfter.TotalSeconds * time.TimestampFrequency);
        if (silence is null && known.OldestRefused(latest) is { } question)
        {
            retried = question;
            var reply = await _exchange.AskAsync(known.Device, question.Item, known.Device.Timeout, cancellationToken).ConfigureAwait(false);
            hasAnswered |= reply.Kind != ReplyKind.Silence;
            now = reply.AnsweredAt;
            if (IsWhole(question, reply))
            {
                known.Decode(question, _exchange.Data, sink.Block(question.First, question.Count, reply.AskedAt, reply.AnsweredAt));
                known.Forget();
            }
            else
            {
                known.StillRefused(question, now);
                Fill(sink, question, reply, QualityOf(reply));
            }
        }
        known.FillLeftOut(sink, retried, now, hasAnswered ? Quality.IllegalAddress : Quality.Timeout);
        return hasAnswered ? PollOutcome.Answered : PollOutcome.Silent;
    }

    private MeterKnowledge KnownOf(PollGroup group)
    {
        if (_groups.TryGetValue(group, out var known)) return known;
        known = new MeterKnowledge(group, _attachment);
        _groups.Add(group, known);
        return known;
    }

    private void Take(MeterKnowledge known, ISampleSink sink, Step step, Reply reply)
    {
        var question = step.Question;
        if (IsWhole(question, reply))
        {
            known.Give(question);
            known.Decode(question, _exchange.Data, sink.Block(question.First, question.Count, reply.AskedAt, reply.AnsweredAt));
        }
        else if (reply.Kind is ReplyKind.Data or ReplyKind.Refused && known.IsGathered(question))
        {
            known.Break(question);
            PushSingles(known, sink, step, reply);
        }
        else
        {
            var quality = QualityOf(reply);
            if (quality == Quality.IllegalAddress) known.Refuse(question, reply.AnsweredAt);
            Fill(sink, question, reply, quality);
        }
    }

    /// <summary>What is left of a block that was not given: its members one by one. Points that name the block itself have nothing else to be asked for.</summary>
    private void PushSingles(MeterKnowledge known, ISampleSink sink, Step step, Reply reply)
    {
        foreach (var single in known.Singles(step.Question).Reverse())
        {
            if (ReferenceEquals(single.Item, step.Question.Item)) Fill(sink, single, reply, QualityOf(reply));
            else _steps.Push(new Step(single, step.At));
        }
    }

    private bool IsWhole(ReadQuestion question, Reply reply) => reply.Kind == ReplyKind.Data && question.Item.Fits(_exchange.Data.Length);

    private static Quality QualityOf(Reply reply) => reply.Kind switch
    {
        ReplyKind.Refused => ReadMessage.Meaning(reply.Error),
        ReplyKind.Silence => Quality.Timeout,
        _ => Quality.BadReply,
    };

    private static void Fill(ISampleSink sink, ReadQuestion question, Reply reply, Quality quality) =>
        sink.Block(question.First, question.Count, reply.AskedAt, reply.AnsweredAt).Fill(Sample.None(quality));

    /// <summary>A question to ask.</summary>
    /// <param name="Question">The question.</param>
    /// <param name="At">Its place in the plan; that of the block it came from.</param>
    private readonly record struct Step(ReadQuestion Question, int At);
}
