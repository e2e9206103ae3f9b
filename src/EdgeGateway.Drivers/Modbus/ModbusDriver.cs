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

    /// <summary>
    /// How many refusals of which nobody knows whose they are may lead to further questions in one poll. One of these mostly brings data, and with it
    /// certainty; a device that refuses everything shall not be asked for every point for that.
    /// </summary>
    private const int MostDoubtfulRefusals = 8;

    private readonly ConditionalWeakTable<PollGroup, GroupKnowledge> _groups = [];
    private readonly Stack<Step> _steps = new();
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
        _steps.Clear();
        for (var i = plan.Length - 1; i >= 0; i--) _steps.Push(new Step(plan[i]));

        var hasAnswered = false;
        var findings = 0;
        var doubtful = 0;
        Answer? silence = null;
        while (_steps.TryPop(out var step))
        {
            if (step.CutBefore > 0)
            {
                // Both halves were answered in full although the whole was refused: what is between them, or the size, is the reason.
                if (findings == step.FindingsBefore) known.Cut(step.CutBefore);
                findings++;
                continue;
            }
            var request = step.Request;
            if (silence is { } waited)
            {
                // A device that has just let one question time out is not asked more: a dead device costs its line one timeout a poll.
                Fill(sink, request, waited, Quality.Timeout);
                continue;
            }
            var answer = await exchange.AskAsync(known.Device, request, cancellationToken).ConfigureAwait(false);
            hasAnswered |= answer.Kind != AnswerKind.Silence;
            if (answer.Kind == AnswerKind.Data)
            {
                known.Decode(request, exchange.Data, sink.Block(request.First, request.Count, answer.AskedAt, answer.AnsweredAt));
            }
            else if (!IsNoSuchAddress(answer) || (answer.IsDoubtful && ++doubtful > MostDoubtfulRefusals))
            {
                if (answer.Kind == AnswerKind.Silence) silence = answer;
                findings++;
                Fill(sink, request, answer, QualityOf(answer));
            }
            else if (known.Middle(request) is { } middle)
            {
                if (!answer.IsDoubtful) _steps.Push(new Step(request, middle, findings));
                _steps.Push(new Step(known.Cover(middle, request.First + request.Count - middle)));
                _steps.Push(new Step(known.Cover(request.First, middle - request.First)));
            }
            else
            {
                if (!answer.IsDoubtful) known.Refuse(request, answer.AnsweredAt);
                findings++;
                Fill(sink, request, answer, Quality.IllegalAddress);
            }
        }

        ReadRequest? retried = null;
        var now = time.GetTimestamp();
        // Where everything is refused, one place is asked in every poll all the same: only so the poll tells whether the device lives.
        var latest = plan.IsEmpty ? now : now - (long)(RetryRefusedAfter.TotalSeconds * time.TimestampFrequency);
        if (silence is null && known.OldestRefused(latest) is { } place)
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
                Fill(sink, place, answer, QualityOf(answer));
            }
        }
        FillLeftOut(known, sink, retried, now, hasAnswered ? Quality.IllegalAddress : Quality.Timeout);
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

    private static bool IsNoSuchAddress(Answer answer) =>
        answer.Kind == AnswerKind.Refused && ReadPdu.Meaning(answer.Exception) == Quality.IllegalAddress;

    private static Quality QualityOf(Answer answer) => answer.Kind switch
    {
        AnswerKind.Refused => ReadPdu.Meaning(answer.Exception),
        AnswerKind.Silence => Quality.Timeout,
        _ => Quality.BadReply,
    };

    private static void Fill(ISampleSink sink, ReadRequest request, Answer answer, Quality quality) =>
        sink.Block(request.First, request.Count, answer.AskedAt, answer.AnsweredAt).Fill(Sample.None(quality));

    private static void FillLeftOut(GroupKnowledge known, ISampleSink sink, ReadRequest? retried, long now, Quality quality)
    {
        var from = 0;
        while (known.TryNextLeftOut(from, out var first, out var count))
        {
            from = first + count;
            if (retried is { } place && place.First >= first && place.First < from)
            {
                var before = place.First - first;
                if (before > 0) sink.Block(first, before, now, now).Fill(Sample.None(quality));
                first = place.First + place.Count;
                count = from - first;
            }
            if (count > 0) sink.Block(first, count, now, now).Fill(Sample.None(quality));
        }
    }

    /// <summary>A question to ask; or, with <see cref="CutBefore"/>, the verdict once both halves of a refused question have been asked.</summary>
    /// <param name="Request">The question.</param>
    /// <param name="CutBefore">The point at which the question was halved; 0 for a question (no question is halved before its first point).</param>
    /// <param name="FindingsBefore">How much had been found out before the halves were asked.</param>
    private readonly record struct Step(ReadRequest Request, int CutBefore = 0, int FindingsBefore = 0);
}
