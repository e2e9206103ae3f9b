using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// The questions of one poll, in order, and what becomes of their answers. What a device refuses inside a merged question is found by halving it. Used for
/// one poll after the other.
/// <para>
/// With a window, several questions go out together. What they bring counts only if all of them were answered as they should be and nothing else came meanwhile: then no answer can
/// belong to another question. Otherwise, if all were answered, they are asked again one by one; if one was not, its answer and perhaps others are still on their way, and nothing is
/// asked again in this poll.
/// </para>
/// </summary>
internal sealed class ModbusPoll(ModbusExchange exchange, TimeProvider time)
{
    /// <summary>
    /// How many refusals of which nobody knows whose they are may lead to further questions in one poll. One of these mostly brings data, and with it
    /// certainty; a device that refuses everything shall not be asked for every point for that.
    /// </summary>
    private const int MostDoubtfulRefusals = 8;

    /// <summary>How long a device that has left out or turned away some of several questions is asked one by one.</summary>
    private static readonly TimeSpan OneByOneFor = TimeSpan.FromMinutes(10);

    private readonly Stack<Step> _steps = new();
    private readonly List<Step> _together = [];
    private readonly List<ReadRequest> _requests = [];
    private readonly List<Answer> _answers = [];
    private Answer? _silence;
    private int _doubtful;

    /// <summary>True if anything came back.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>True if a question was not answered: the device is asked nothing more in this poll.</summary>
    public bool WasLetDown => _silence is not null;

    /// <summary>Asks all questions of a plan and puts what came of them into the sink.</summary>
    /// <exception cref="LineDownException">The stream is closed or no longer carries frames.</exception>
    /// <exception cref="OperationCanceledException">The worker is stopping.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AskAsync(GroupKnowledge known, ImmutableArray<ReadRequest> plan, ISampleSink sink, CancellationToken cancellationToken)
    {
        _steps.Clear();
        for (var i = plan.Length - 1; i >= 0; i--) _steps.Push(new Step(plan[i], null));
        (_silence, _doubtful, HasAnswered) = (null, 0, false);
        while (_steps.TryPop(out var step))
        {
            if (_silence is { } waited)
                // A device that has just let one question time out is not asked more: a dead device costs its line one timeout a poll.
                LeaveOut(known, sink, step, waited);
            else if (_steps.Count > 0 && exchange is MbapExchange tcp && known.WindowAt(time.GetTimestamp()) is > 1 and var window)
                await AskTogetherAsync(tcp, known, sink, step, window, cancellationToken).ConfigureAwait(false);
            else
                Take(known, sink, step, await exchange.AskAsync(known.Device, step.Request, cancellationToken).ConfigureAwait(false), exchange.Data);
        }
    }

    /// <summary>The quality of points whose question was not answered with data.</summary>
    public static Quality QualityOf(Answer answer) => answer.Kind switch
    {
        AnswerKind.Refused => ReadPdu.Meaning(answer.Exception),
        AnswerKind.Silence => Quality.Timeout,
        _ => Quality.BadReply,
    };

    /// <summary>Gives all points of a question one quality.</summary>
    public static void Fill(ISampleSink sink, ReadRequest request, Answer answer, Quality quality) =>
        sink.Block(request.First, request.Count, answer.AskedAt, answer.AnsweredAt).Fill(Sample.None(quality));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AskTogetherAsync(MbapExchange tcp, GroupKnowledge known, ISampleSink sink, Step first, int window, CancellationToken cancellationToken)
    {
        _together.Clear();
        _requests.Clear();
        _answers.Clear();
        _together.Add(first);
        while (_together.Count < window && _steps.TryPop(out var next)) _together.Add(next);
        foreach (var step in _together) _requests.Add(step.Request);
        await AskAsync(tcp, known, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < _together.Count; i++) _answers.Add(tcp.AnswerTo(i));
        if (!tcp.HeardForeign && _answers.TrueForAll(IsSound))
        {
            for (var i = 0; i < _together.Count; i++) Take(known, sink, _together[i], _answers[i], tcp.DataOf(i));
            return;
        }
        if (_answers.Exists(IsAnswered) && _answers.Exists(IsNotBorne)) known.AskOneByOne(InTenMinutes);
        if (_answers.TrueForAll(IsAnswered)) await AskAgainAsync(known, sink, cancellationToken).ConfigureAwait(false);
        else LeaveOutAll(known, sink);
    }

    private long InTenMinutes => time.GetTimestamp() + (long)(OneByOneFor.TotalSeconds * time.TimestampFrequency);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AskAsync(MbapExchange tcp, GroupKnowledge known, CancellationToken cancellationToken)
    {
        try
        {
            await tcp.AskAsync(known.Device, _requests, cancellationToken).ConfigureAwait(false);
        }
        catch (LineDownException e)
        {
            // A device that bears no second open question may close the connection at it, or garble what follows: it is not to do so at every attempt.
            known.AskOneByOne(InTenMinutes);
            throw new LineDownException($"{e.Message}; {_requests.Count} questions were out at once: set window to 1 if it happens again", e);
        }
    }

    /// <summary>Some of the answers may be those of others.</summary>
    private void LeaveOutAll(GroupKnowledge known, ISampleSink sink)
    {
        _silence = _answers.Find(answer => !IsAnswered(answer));
        HasAnswered |= _answers.Exists(IsAnswered);
        for (var i = 0; i < _together.Count; i++) LeaveOut(known, sink, _together[i], _answers[i]);
    }

    /// <summary>One by one: all were answered, in vain as it were.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AskAgainAsync(GroupKnowledge known, ISampleSink sink, CancellationToken cancellationToken)
    {
        HasAnswered = true;
        foreach (var step in _together)
        {
            if (_silence is { } waited) LeaveOut(known, sink, step, waited);
            else Take(known, sink, step, await exchange.AskAsync(known.Device, step.Request, cancellationToken).ConfigureAwait(false), exchange.Data);
        }
    }

    private void Take(GroupKnowledge known, ISampleSink sink, Step step, Answer answer, ReadOnlySpan<byte> data)
    {
        var request = step.Request;
        HasAnswered |= IsAnswered(answer);
        if (answer.Kind == AnswerKind.Data)
        {
            known.Decode(request, data, sink.Block(request.First, request.Count, answer.AskedAt, answer.AnsweredAt));
            Halving.End(step.Of, isFinding: false, known);
        }
        else if (!IsNoSuchAddress(answer) || (answer.IsDoubtful && ++_doubtful > MostDoubtfulRefusals))
        {
            if (answer.Kind == AnswerKind.Silence) _silence = answer;
            Fill(sink, request, answer, QualityOf(answer));
            Halving.End(step.Of, isFinding: true, known);
        }
        else if (known.Middle(request) is { } middle)
        {
            Halve(known, step, middle, answer.IsDoubtful);
        }
        else
        {
            if (!answer.IsDoubtful) known.Refuse(request, answer.AnsweredAt);
            Fill(sink, request, answer, Quality.IllegalAddress);
            Halving.End(step.Of, isFinding: true, known);
        }
    }

    private void Halve(GroupKnowledge known, Step step, int middle, bool isDoubtful)
    {
        var request = step.Request;
        // Nothing is to be learned from a refusal that may be another question's.
        var halving = isDoubtful ? step.Of : new Halving(step.Of, middle);
        if (isDoubtful) halving?.OneMore();
        _steps.Push(new Step(known.Cover(middle, request.First + request.Count - middle), halving));
        _steps.Push(new Step(known.Cover(request.First, middle - request.First), halving));
    }

    private static void LeaveOut(GroupKnowledge known, ISampleSink sink, Step step, Answer silence)
    {
        Fill(sink, step.Request, silence, Quality.Timeout);
        Halving.End(step.Of, isFinding: true, known);
    }

    private static bool IsAnswered(Answer answer) => answer.Kind != AnswerKind.Silence;

    /// <summary>True if the answer fits its question and may stand with others as it is.</summary>
    private static bool IsSound(Answer answer) => answer.Kind is AnswerKind.Data or AnswerKind.Refused && !IsNotBorne(answer);

    /// <summary>True for what a device or a gateway does with a question while it has another one in hand: leave it out, or turn it away as busy (06) or unreachable (0B).</summary>
    private static bool IsNotBorne(Answer answer) => QualityOf(answer) is Quality.Timeout or Quality.DeviceBusy or Quality.GatewayPath;

    private static bool IsNoSuchAddress(Answer answer) =>
        answer.Kind == AnswerKind.Refused && ReadPdu.Meaning(answer.Exception) == Quality.IllegalAddress;

    /// <summary>A question to ask.</summary>
    /// <param name="Request">The question.</param>
    /// <param name="Of">The halving it came from; null if it is of the plan.</param>
    private readonly record struct Step(ReadRequest Request, Halving? Of);
}
