namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>The services of subscriptions (OPC 10000-4, 5.14).</summary>
internal sealed class SubscriptionServices(SimulatedServer server)
{
    private const int MaxAcknowledgements = 10_000;

    public IReadOnlyDictionary<uint, Service> All => new Dictionary<uint, Service>
    {
        [787] = new(790, ServiceNeed.User, Create),
        [793] = new(796, ServiceNeed.User, Modify),
        [799] = new(802, ServiceNeed.User, SetPublishing),
        [826] = new(829, ServiceNeed.User, Publish),
        [832] = new(835, ServiceNeed.User, Republish),
        [841] = new(844, ServiceNeed.User, Transfer),
        [847] = new(850, ServiceNeed.User, Delete),
    };

    /// <summary>A subscription of this session.</summary>
    /// <exception cref="UaFault">It has none of this id.</exception>
    public static Subscription Find(SimulatedServer server, ServerSession session, uint id)
    {
        if (!server.Subscriptions.TryGetValue(id, out var subscription) || subscription.Session != session) throw new UaFault(UaStatus.BadSubscriptionIdInvalid, $"subscription {id}");
        subscription.Heard();
        return subscription;
    }

    private void Create(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        if (server.Subscriptions.Count >= server.Settings.MaxSubscriptions) throw new UaFault(UaStatus.BadTooManySubscriptions, $"{server.Settings.MaxSubscriptions} subscriptions");
        var (interval, lifetimes, keepAlives, most) = (request.ReadDouble(), request.ReadUInt32(), request.ReadUInt32(), request.ReadUInt32());
        var subscription = new Subscription(server.NextNumber(), server, server.NowMs) { Session = call.Session, IsEnabled = request.ReadBoolean(), Priority = request.ReadByte(), Owner = OwnerOf(call) };
        subscription.Set(interval, lifetimes, keepAlives, most);
        server.Subscriptions.Add(subscription.Id, subscription);
        call.Session.Subscriptions.Add(subscription);
        answer.WriteUInt32(subscription.Id);
        WriteTimes(subscription, answer);
    }

    private void Modify(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var subscription = Find(server, call.Session, request.ReadUInt32());
        subscription.Set(request.ReadDouble(), request.ReadUInt32(), request.ReadUInt32(), request.ReadUInt32());
        subscription.Priority = request.ReadByte();
        WriteTimes(subscription, answer);
    }

    private void SetPublishing(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var isEnabled = request.ReadBoolean();
        ForEach(call, request, answer, subscription => subscription.IsEnabled = isEnabled);
    }

    private void Delete(ServiceCall call, UaDecoder request, UaEncoder answer) => ForEach(call, request, answer, subscription => server.Delete(subscription));

    private void Publish(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var session = call.Session;
        var count = request.ReadCount(8);
        if (count > MaxAcknowledgements) throw new UaFault(UaStatus.BadTooManyOperations, $"{count} acknowledgements");
        var results = new uint[count];
        for (var i = 0; i < count; i++)
        {
            var (id, sequence) = (request.ReadUInt32(), request.ReadUInt32());
            results[i] = session.Subscriptions.Find(subscription => subscription.Id == id) is not { } subscription ? UaStatus.BadSubscriptionIdInvalid
                : subscription.Acknowledge(sequence) ? UaStatus.Good : UaStatus.BadSequenceNumberUnknown;
        }
        if (session.Subscriptions.Count == 0 && session.LastWords.Count == 0) throw new UaFault(UaStatus.BadNoSubscription, "nothing to tell of");
        call.IsHeld = true;
        session.Waiting.AddLast(new WaitingPublish(call, results, server.Time.GetTimestamp()));
        if (session.Waiting.Count > server.Settings.MaxPublishRequests && session.TakeWaiting() is { } oldest)
            server.Refuse(oldest.Call.Connection, oldest.Call.RequestId, oldest.Call.Handle, UaStatus.BadTooManyPublishRequests);
        server.SayLast(session);
        foreach (var late in session.Subscriptions.Where(subscription => subscription.IsLate).OrderByDescending(subscription => subscription.Priority).ToList()) late.Speak();
    }

    private void Republish(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var subscription = Find(server, call.Session, request.ReadUInt32());
        answer.WriteRaw(subscription.Again(request.ReadUInt32()) ?? throw new UaFault(UaStatus.BadMessageNotAvailable, "not kept any more, or never sent"));
    }

    private void Transfer(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var ids = request.ReadOperations(server.Settings.MaxItemsPerCall, 4, request.ReadUInt32);
        var repeats = request.ReadBoolean();
        answer.WriteAll(ids, id =>
        {
            var status = Transfer(call, id, repeats);
            answer.WriteUInt32(status);
            if (status == UaStatus.Good) answer.WriteAll(server.Subscriptions[id].Available, answer.WriteUInt32);
            else answer.WriteInt32(0);
        });
        answer.WriteNoDiagnostics();
    }

    private uint Transfer(ServiceCall call, uint id, bool repeats)
    {
        if (!server.Subscriptions.TryGetValue(id, out var subscription)) return UaStatus.BadSubscriptionIdInvalid;
        var owner = OwnerOf(call);
        // The same user; of nobody in particular the same application, which only a signature proves (OPC 10000-4, 5.14.7).
        var isSame = owner.User is null ? subscription.Owner == owner && owner.IsSigned : subscription.Owner.User == owner.User;
        if (!isSame) return UaStatus.BadUserAccessDenied;
        var before = subscription.Session;
        subscription.Heard();
        if (before == call.Session) return UaStatus.Good;
        before?.Subscriptions.Remove(subscription);
        (subscription.Session, subscription.Owner) = (call.Session, owner);
        call.Session.Subscriptions.Add(subscription);
        if (before is not null) server.SayLast(before, id, UaStatus.GoodSubscriptionTransferred);
        if (repeats) foreach (var item in subscription.Items.Values) item.Repeat();
        return UaStatus.Good;
    }

    private static (string? User, string ClientUri, bool IsSigned) OwnerOf(ServiceCall call) => (call.Session.User, call.Session.ClientUri, call.Connection.Channel.IsSecure);

    private static void WriteTimes(Subscription subscription, UaEncoder answer)
    {
        answer.WriteDouble(subscription.IntervalMs);
        answer.WriteUInt32(subscription.Lifetimes);
        answer.WriteUInt32(subscription.KeepAlives);
    }

    private void ForEach(ServiceCall call, UaDecoder request, UaEncoder answer, Action<Subscription> act)
    {
        var ids = request.ReadOperations(server.Settings.MaxItemsPerCall, 4, request.ReadUInt32);
        answer.WriteAll(ids, id =>
        {
            var subscription = call.Session.Subscriptions.Find(each => each.Id == id);
            subscription?.Heard();
            if (subscription is not null) act(subscription);
            answer.WriteUInt32(subscription is null ? UaStatus.BadSubscriptionIdInvalid : UaStatus.Good);
        });
        answer.WriteNoDiagnostics();
    }
}
