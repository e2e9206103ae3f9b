using System.Runtime.CompilerServices;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>
/// One server. Keeps its own connections and one session over all of them (<see cref="SubscribingClient"/>); a slot of a group takes the newest values that the subscription has
/// brought, as long as that is alive, or asks by one Read where the site wants it so.
/// </summary>
internal sealed class OpcUaDriver : IDriver, IAsyncDisposable
{
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(30);

    private readonly LineContext _line;
    private readonly OpcUaLine _settings;
    private readonly LinePlan _plan;
    private readonly LineNews _news;
    private readonly CertificateWatch _certificates;
    private readonly StructureBook _structures;
    private readonly PointSamples _samples;
    private readonly HeldValue[] _looked = new HeldValue[PollGroup.MaxPoints];
    private readonly ConditionalWeakTable<PollGroup, CyclicRead> _reads = [];
    private readonly Dictionary<PollGroup, long> _drops = new(ReferenceEqualityComparer.Instance); // at the last look
    private Conversation? _conversation;
    private LineDownException? _refused;
    private long _refusedAt;

    public OpcUaDriver(LineContext line)
    {
        _line = line;
        _settings = line.Settings as OpcUaLine ?? new OpcUaLine();
        _plan = LinePlan.Of(line.Groups);
        _news = new LineNews(line, _plan);
        _certificates = new CertificateWatch(_news, line.Time);
        _structures = new StructureBook(line.Time);
        _samples = new PointSamples(_news, _structures);
    }

    /// <summary>Says whether the conversation with the server is there; the first call begins it.</summary>
    public async ValueTask AttachAsync(Stream link, CancellationToken cancellationToken)
    {
        if (_refused is not null && _line.Time.GetElapsedTime(_refusedAt) < AfterRefusal) throw new LineDownException(_refused.Message, _refused);
        _refused = null;
        var conversation = _conversation ??= Begin();
        await conversation.FirstVerdictAsync(FirstPatience, cancellationToken).ConfigureAwait(false);
        if (conversation.Held.IsUp)
        {
            _certificates.Again();
            return;
        }
        var reason = Down(conversation);
        if (conversation.Held.IsUserRefused)
        {
            // Asking on could lock the account; and the files are read again before the next attempt.
            (_refused, _refusedAt, _conversation) = (reason, _line.Time.GetTimestamp(), null);
            await conversation.DisposeAsync().ConfigureAwait(false);
        }
        throw reason;
    }

    public async ValueTask<PollOutcome> ReadAsync(PollGroup group, ISampleSink sink, CancellationToken cancellationToken)
    {
        var conversation = _conversation ?? throw new LineDownException($"{Endpoint}: there is no conversation yet");
        await conversation.ThrowIfFailedAsync().ConfigureAwait(false);
        if (conversation.Client.Live is not { } session || conversation.Client.Server is not { } server) throw Down(conversation);
        _certificates.Look(conversation.Own, session.Endpoint.Server);
        return _plan.Find(group) is { } held
            ? await ReadHeldAsync(conversation, session, server, group, held, sink, cancellationToken).ConfigureAwait(false)
            : await ReadNowAsync(conversation, session, server, group, sink, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_conversation is { } conversation) await conversation.DisposeAsync().ConfigureAwait(false);
        _conversation = null;
    }

    private string Endpoint => _line.Connect.OriginalString;

    private async ValueTask<PollOutcome> ReadHeldAsync(
        Conversation conversation, Session session, ServerState server, PollGroup group, HeldGroup place, ISampleSink sink, CancellationToken cancellationToken)
    {
        var hold = conversation.Held.Look(place, _looked.AsSpan(0, group.Points.Length), out var heldAt);
        if (hold == Hold.Down) throw Down(conversation);
        try
        {
            for (var at = 0; at < group.Points.Length && hold == Hold.Alive; at++)
                await LearnAsync(session, server, (OpcUaPoint)group.Points[at], _looked[at].Value.Value, cancellationToken).ConfigureAwait(false);
        }
        catch (OpcUaException e)
        {
            throw new LineDownException(ServerTrouble.Explain(_line.Connect, conversation.User, e), e);
        }
        TakeHeld(group, hold, heldAt, sink);
        return PollOutcome.Answered; // the server: nobody has waited for anything, and a device that is left alone for a while would miss when it comes back
    }

    /// <summary>Asks how a structure is laid out, the first time that a field of it is needed.</summary>
    private async ValueTask LearnAsync(Session session, ServerState server, OpcUaPoint point, Variant value, CancellationToken cancellationToken)
    {
        if (_structures.Unknown(session, point, value) is { } type) await _structures.LearnAsync(session, server, type, cancellationToken).ConfigureAwait(false);
    }

    private void TakeHeld(PollGroup group, Hold hold, long heldAt, ISampleSink sink)
    {
        var samples = sink.Block(0, group.Points.Length, heldAt, heldAt);
        if (hold is Hold.Mute or Hold.Beginning)
        {
            samples.Fill(Sample.None(hold == Hold.Mute ? Quality.Timeout : Quality.DeviceBusy));
            if (hold == Hold.Mute) _news.Mute(group);
            return;
        }
        if (hold == Hold.Alive)
        {
            _news.Speaks(group);
            sink.Dropped(NewDrops(group));
        }
        for (var at = 0; at < samples.Length; at++)
            samples[at] = _looked[at].IsWaiting ? Sample.None(Quality.DeviceBusy) : _samples.Of((OpcUaPoint)group.Points[at], _looked[at].Value);
    }

    private long NewDrops(PollGroup group)
    {
        var drops = 0L;
        for (var at = 0; at < group.Points.Length; at++) drops += _looked[at].Drops;
        var before = _drops.GetValueOrDefault(group);
        _drops[group] = drops;
        return Math.Max(0, drops - before); // fewer: another conversation counts from the beginning
    }

    private async ValueTask<PollOutcome> ReadNowAsync(Conversation conversation, Session session, ServerState server, PollGroup group, ISampleSink sink, CancellationToken cancellationToken)
    {
        var read = _reads.GetValue(group, each => new CyclicRead(each, _line.Time));
        using var deadline = new CancellationTokenSource(group.Device.Timeout, _line.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var askedAt = _line.Time.GetTimestamp();
        try
        {
            var values = await read.AskAsync(session, server, either.Token).ConfigureAwait(false);
            for (var at = 0; at < values.Length; at++) await LearnAsync(session, server, (OpcUaPoint)group.Points[at], values[at].Value, either.Token).ConfigureAwait(false);
            Fill(group, values, sink.Block(0, group.Points.Length, askedAt, _line.Time.GetTimestamp()));
            return PollOutcome.Answered;
        }
        catch (OpcUaException e) when (session.HasRefused(e))
        {
            // The server refused the whole question, and lives.
            sink.Block(0, group.Points.Length, askedAt, _line.Time.GetTimestamp()).Fill(Sample.None(StatusQuality.Of(e.Status)));
            return PollOutcome.Answered;
        }
        catch (OpcUaException e) when (session.Channel.Ended.IsCompleted || session.IsGone)
        {
            throw new LineDownException(ServerTrouble.Explain(_line.Connect, conversation.User, e), e);
        }
        catch (Exception e) when (e is OpcUaException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            sink.Block(0, group.Points.Length, askedAt, _line.Time.GetTimestamp()).Fill(Sample.None(Quality.Timeout));
            return PollOutcome.Silent;
        }
    }

    private void Fill(PollGroup group, DataValue[] values, Span<Sample> samples)
    {
        for (var at = 0; at < samples.Length; at++)
        {
            var point = (OpcUaPoint)group.Points[at];
            _news.Came(point.Node, values[at].Status);
            samples[at] = _samples.Of(point, values[at]);
        }
    }

    private LineDownException Down(Conversation conversation)
    {
        var reason = conversation.Held.Reason ?? new OpcUaException(StatusCodes.BadTimeout, "the session is still being made");
        return new LineDownException(ServerTrouble.Explain(_line.Connect, conversation.User, reason), reason);
    }

    private Conversation Begin()
    {
        try
        {
            var client = LineClient.Of(_line.Connect, _settings, user: null, _line.Gateway, _line.StateFolder, _line.Time);
            var conversation = new Conversation(client, _plan, _news, _line.Time);
            _news.Knows(() => conversation.Client.Server);
            return conversation;
        }
        catch (OpcUaException e)
        {
            throw new LineDownException(ServerTrouble.Explain(_line.Connect, null, e), e);
        }
    }
}
