using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.Tests.OpcUa.Scripted;

/// <content>What a good server answers.</content>
internal sealed partial class ScriptedServer
{
    private uint _subscriptionNumber;

    private async Task ServeAsync(ServiceCall call, bool isAnswerLost)
    {
        if (call.TypeId is 428 or 461 or 467)
        {
            var early = call.TypeId switch { 428 => Endpoints(call), 461 => Create(call), _ => Activate(call) };
            await AnswerAsync(call, early, isAnswerLost);
            return;
        }
        var session = Sessions.FirstOrDefault(each => each.Token == call.Token);
        if (session is null) await FaultAsync(call, StatusCodes.BadSessionIdInvalid);
        else if (session.Channel is null && call.TypeId != 473) await FaultAsync(call, StatusCodes.BadSessionNotActivated);
        else if (session.Channel is not null && session.Channel != call.Connection.ChannelId) await FaultAsync(call, StatusCodes.BadSecureChannelIdInvalid);
        else if (call.TypeId == 826) await AskedToPublishAsync(call, session);
        else await AnswerAsync(call, Within(call, session), isAnswerLost);
    }

    private static Task AnswerAsync(ServiceCall call, Answer answer, bool isLost) =>
        isLost ? Task.CompletedTask : answer.Status.IsBad ? FaultAsync(call, answer.Status) : call.Connection.AnswerAsync(call, answer.TypeId, answer.Status, answer.Write);

    private Answer Within(ServiceCall call, ServerSession session) => call.TypeId switch
    {
        473 => Close(call, session),
        631 => ReadValues(call),
        787 => CreateSubscription(session),
        751 => CreateItems(call),
        847 => DeleteSubscriptions(call, session),
        832 => Republish(call, session),
        841 => Transfer(call, session),
        _ => Answer.Refuse(StatusCodes.BadServiceUnsupported),
    };

    private Answer Endpoints(ServiceCall call) => new(GetEndpointsResponse.TypeId, writer => WriteEndpoints(writer, false));

    private Answer Create(ServiceCall call)
    {
        var reader = call.Open();
        ApplicationDescription.Read(ref reader);
        for (var text = 0; text < 3; text++) reader.ReadString();
        var clientNonce = reader.ReadByteString();
        var clientCertificate = reader.ReadByteString();
        var asked = reader.ReadDouble();
        var session = new ServerSession(NextNumber());
        Sessions.Add(session);
        var policy = call.Connection.Policy;
        var signature = default(SignatureData);
        if (!policy.IsNone)
        {
            using var key = Certificate.GetRSAPrivateKey()!; // made with one
            var signed = policy.Sign([.. clientCertificate.Span, .. clientNonce.Span], key);
            signature = new(policy.SignatureAlgorithm, OnSessionSignature?.Invoke(signed) ?? signed);
        }
        var shown = OnSessionCertificate?.Invoke(Certificate) ?? Certificate;
        return new(CreateSessionResponse.TypeId, writer =>
        {
            writer.WriteNodeId(session.Id);
            writer.WriteNodeId(session.Token);
            writer.WriteDouble(SessionTimeoutMilliseconds ?? asked);
            writer.WriteByteString(OnSessionNonce?.Invoke(session.Nonce) ?? session.Nonce);
            writer.WriteByteString(shown.RawData);
            WriteEndpoints(writer, true);
            writer.WriteInt32(-1);
            signature.Write(writer);
            writer.WriteUInt32(0);
        });
    }

    private Answer Activate(ServiceCall call)
    {
        if (Sessions.FirstOrDefault(each => each.Token == call.Token) is not { } session) return Answer.Refuse(StatusCodes.BadSessionIdInvalid);
        var reader = call.Open();
        var signature = SignatureData.Read(ref reader);
        var policy = call.Connection.Policy;
        if (!policy.IsNone)
        {
            using var key = Certificates.Own.GetRSAPublicKey()!; // made with one
            if (!policy.Verify([.. Certificate.RawData, .. session.Nonce], signature.Signature.Span, key)) return Answer.Refuse(StatusCodes.BadApplicationSignatureInvalid);
        }
        session.Renew();
        session.Channel = call.Connection.ChannelId;
        session.Publishing.Clear();
        return new(ActivateSessionResponse.TypeId, writer =>
        {
            writer.WriteByteString(OnSessionNonce?.Invoke(session.Nonce) ?? session.Nonce);
            writer.WriteInt32(-1);
            writer.WriteInt32(-1);
        });
    }

    private Answer Close(ServiceCall call, ServerSession session)
    {
        var reader = call.Open();
        if (reader.ReadBoolean())
            foreach (var subscription in Subscriptions.Values.Where(each => each.Session == session)) Subscriptions.TryRemove(subscription.Id, out _);
        Sessions.Remove(session);
        return new(CloseSessionResponse.TypeId, static _ => { });
    }

    private Answer ReadValues(ServiceCall call)
    {
        var reader = call.Open();
        reader.ReadDouble();
        reader.ReadInt32();
        var nodes = reader.ReadArray(1, static (ref UaReader each) =>
        {
            var node = each.ReadNodeId();
            each.ReadUInt32();
            each.ReadString();
            each.ReadQualifiedName();
            return node;
        });
        return new(ReadResponse.TypeId, writer =>
        {
            writer.WriteArray(nodes, (to, node) => to.WriteDataValue(Value(node)));
            writer.WriteInt32(-1);
        });
    }

    private DataValue Value(NodeId node) => node.Number switch
    {
        2255 => new(Variant.Of(BuiltInType.String, Namespaces), StatusCodes.Good, default, default),
        2257 => new(Variant.OfBits(BuiltInType.DateTime, StartTime.Ticks), StatusCodes.Good, default, default),
        2259 => new(Variant.OfBits(BuiltInType.Int32, 0), StatusCodes.Good, default, default),
        _ => new(default, StatusCodes.BadNodeIdUnknown, default, default),
    };

    private Answer CreateSubscription(ServerSession session)
    {
        var subscription = new ServerSubscription(++_subscriptionNumber) { Session = session };
        Subscriptions[subscription.Id] = subscription;
        return new(CreateSubscriptionResponse.TypeId, writer =>
        {
            writer.WriteUInt32(subscription.Id);
            writer.WriteDouble(50);
            writer.WriteUInt32(30);
            writer.WriteUInt32(4);
        });
    }

    private Answer CreateItems(ServiceCall call)
    {
        var reader = call.Open();
        if (!Subscriptions.TryGetValue(reader.ReadUInt32(), out var subscription)) return Answer.Refuse(StatusCodes.BadSubscriptionIdInvalid);
        reader.ReadInt32();
        var items = reader.ReadArray(1, static (ref UaReader each) =>
        {
            var node = each.ReadNodeId();
            each.ReadUInt32();
            each.ReadString();
            each.ReadQualifiedName();
            each.ReadInt32();
            var handle = each.ReadUInt32();
            each.ReadDouble();
            each.ReadExtensionObject();
            each.ReadUInt32();
            each.ReadBoolean();
            return (Node: node, Handle: handle);
        });
        subscription.Handles.AddRange(items.Select(item => item.Handle));
        foreach (var item in items) Watched.Enqueue(item.Node);
        return new(CreateMonitoredItemsResponse.TypeId, writer =>
        {
            writer.WriteArray(items, static (to, item) =>
            {
                to.WriteStatus(StatusCodes.Good);
                to.WriteUInt32(item.Handle + 1);
                to.WriteDouble(0);
                to.WriteUInt32(1);
                to.WriteNoStructure();
            });
            writer.WriteInt32(-1);
        });
    }

    private Answer DeleteSubscriptions(ServiceCall call, ServerSession session)
    {
        var reader = call.Open();
        var ids = reader.ReadArray(4, static (ref UaReader id) => id.ReadUInt32());
        var results = ids.Select(id => Subscriptions.TryGetValue(id, out var found) && found.Session == session && Subscriptions.TryRemove(id, out _)
            ? StatusCodes.Good : StatusCodes.BadSubscriptionIdInvalid).ToList();
        return new(DeleteSubscriptionsResponse.TypeId, writer =>
        {
            writer.WriteArray(results, static (to, result) => to.WriteStatus(result));
            writer.WriteInt32(-1);
        });
    }

    private Answer Republish(ServiceCall call, ServerSession session)
    {
        var reader = call.Open();
        var (id, number) = (reader.ReadUInt32(), reader.ReadUInt32());
        if (!Subscriptions.TryGetValue(id, out var subscription) || subscription.Session != session) return Answer.Refuse(StatusCodes.BadSubscriptionIdInvalid);
        return subscription.Sent.TryGetValue(number, out var message)
            ? new(RepublishResponse.TypeId, writer => WriteMessage(writer, message)) : Answer.Refuse(StatusCodes.BadMessageNotAvailable);
    }

    private Answer Transfer(ServiceCall call, ServerSession session)
    {
        var reader = call.Open();
        var ids = reader.ReadArray(4, static (ref UaReader id) => id.ReadUInt32());
        var results = ids.Select(id => Move(id, session)).ToList();
        return new(TransferSubscriptionsResponse.TypeId, writer =>
        {
            writer.WriteArray(results, static (to, result) =>
            {
                to.WriteStatus(result);
                to.WriteInt32(-1);
            });
            writer.WriteInt32(-1);
        });
    }

    private StatusCode Move(uint id, ServerSession session)
    {
        if (!Subscriptions.TryGetValue(id, out var subscription)) return StatusCodes.BadSubscriptionIdInvalid;
        if (subscription.Session == session) return StatusCodes.BadNothingToDo;
        subscription.Session = session;
        return StatusCodes.Good;
    }

    private async Task AskedToPublishAsync(ServiceCall call, ServerSession session)
    {
        if (Subscriptions.Values.All(each => each.Session != session)) await FaultAsync(call, StatusCodes.BadNoSubscription);
        else session.Publishing.Enqueue(call);
    }

    private static async Task PublishAsync(ServerSubscription subscription)
    {
        if (subscription.Handles.Count == 0 || !subscription.Session.Publishing.TryDequeue(out var call)) return;
        var time = OpcUaTime.From(TimeProvider.System.GetUtcNow());
        var value = new DataValue(Variant.OfDouble(subscription.Count++), StatusCodes.Good, time, time);
        var message = new NotificationMessage(subscription.Next++, time, [.. subscription.Handles.Select(handle => new ItemValue(handle, value))], null, IsKeepAlive: false);
        subscription.Sent[message.SequenceNumber] = message;
        await call.Connection.AnswerAsync(call, PublishResponse.TypeId, StatusCodes.Good, writer =>
        {
            writer.WriteUInt32(subscription.Id);
            writer.WriteInt32(-1);
            writer.WriteBoolean(false);
            WriteMessage(writer, message);
            writer.WriteInt32(-1);
            writer.WriteInt32(-1);
        });
    }

    private static void WriteMessage(UaWriter writer, NotificationMessage message)
    {
        writer.WriteUInt32(message.SequenceNumber);
        writer.WriteTime(message.PublishTime);
        writer.WriteInt32(1);
        writer.WriteStructure(811, message.Values, static (to, values) =>
        {
            to.WriteArray(values, static (each, value) =>
            {
                each.WriteUInt32(value.ClientHandle);
                each.WriteDataValue(value.Value);
            });
            to.WriteInt32(-1);
        });
    }

    private void WriteEndpoints(UaWriter writer, bool isInSession)
    {
        EndpointDescription[] offered =
        [
            Endpoint(SecurityPolicy.None, MessageSecurityMode.None),
            Endpoint(SecurityPolicy.Basic256Sha256, MessageSecurityMode.Sign),
            Endpoint(SecurityPolicy.Basic256Sha256, MessageSecurityMode.SignAndEncrypt),
            Endpoint(SecurityPolicy.Aes256Sha256RsaPss, MessageSecurityMode.SignAndEncrypt),
        ];
        writer.WriteArray(OnEndpoints?.Invoke(isInSession, offered) ?? offered, static (to, endpoint) =>
        {
            to.WriteString(endpoint.Url);
            endpoint.Server.Write(to);
            to.WriteByteString(endpoint.ServerCertificate);
            to.WriteInt32((int)endpoint.Mode);
            to.WriteString(endpoint.SecurityPolicyUri);
            to.WriteArray(endpoint.UserTokens, static (each, token) =>
            {
                each.WriteString(token.PolicyId);
                each.WriteInt32((int)token.Kind);
                for (var text = 0; text < 3; text++) each.WriteString(null);
            });
            to.WriteString(endpoint.TransportProfileUri);
            to.WriteByte(endpoint.SecurityLevel);
        });
    }

    private EndpointDescription Endpoint(SecurityPolicy policy, MessageSecurityMode mode) => new(
        Url, new(Uri, null, new(null, "Scripted"), 0, null, null, []), Certificate.RawData, mode, policy.Uri,
        [new("anonymous", UserTokenKind.Anonymous, null, null, null)], null, 0);

    private sealed record Answer(uint TypeId, Action<UaWriter> Write)
    {
        public StatusCode Status { get; private init; }

        public static Answer Refuse(StatusCode status) => new(397, static _ => { }) { Status = status };
    }
}
