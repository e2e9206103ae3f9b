namespace EdgeGateway.Drivers.OpcUa.Encoding.Services;

/// <summary>
/// Makes a subscription (OPC 10000-4, 5.13.2). The limit of values in one message is never 0: there are servers that then publish nothing at all.
/// </summary>
internal sealed record CreateSubscriptionRequest(double PublishingMilliseconds, uint LifetimeCount, uint KeepAliveCount, uint MaxNotifications)
    : IServiceRequest<CreateSubscriptionResponse>
{
    public uint TypeId => 787;

    public void Write(UaWriter writer)
    {
        writer.WriteDouble(PublishingMilliseconds);
        writer.WriteUInt32(LifetimeCount);
        writer.WriteUInt32(KeepAliveCount);
        writer.WriteUInt32(MaxNotifications);
        writer.WriteBoolean(true);
        writer.WriteByte(0);
    }
}

internal sealed record CreateSubscriptionResponse(uint SubscriptionId, double PublishingMilliseconds, uint LifetimeCount, uint KeepAliveCount)
    : IServiceResponse<CreateSubscriptionResponse>
{
    public static uint TypeId => 790;

    public static CreateSubscriptionResponse Read(ref UaReader reader) => new(reader.ReadUInt32(), reader.ReadDouble(), reader.ReadUInt32(), reader.ReadUInt32());
}

/// <summary>Ends subscriptions (OPC 10000-4, 5.13.8).</summary>
internal sealed record DeleteSubscriptionsRequest(IReadOnlyCollection<uint> SubscriptionIds) : IServiceRequest<DeleteSubscriptionsResponse>
{
    public uint TypeId => 847;

    public void Write(UaWriter writer) => writer.WriteArray(SubscriptionIds, static (to, id) => to.WriteUInt32(id));
}

internal sealed record DeleteSubscriptionsResponse(StatusCode[] Results) : IServiceResponse<DeleteSubscriptionsResponse>
{
    public static uint TypeId => 850;

    public static DeleteSubscriptionsResponse Read(ref UaReader reader)
    {
        var results = Services.Results.ReadStatuses(ref reader);
        Services.Results.SkipDiagnostics(ref reader);
        return new(results);
    }
}

/// <summary>A message that has arrived and need not be kept by the server any longer.</summary>
internal readonly record struct Acknowledgement(uint SubscriptionId, uint SequenceNumber);

/// <summary>Asks for the next message of any subscription; answered when there is one (OPC 10000-4, 5.13.5).</summary>
internal sealed record PublishRequest(IReadOnlyCollection<Acknowledgement> Acknowledgements) : IServiceRequest<PublishResponse>
{
    public uint TypeId => 826;

    public void Write(UaWriter writer) => writer.WriteArray(Acknowledgements, static (to, acknowledgement) =>
    {
        to.WriteUInt32(acknowledgement.SubscriptionId);
        to.WriteUInt32(acknowledgement.SequenceNumber);
    });
}

/// <summary>One value of one watched node.</summary>
internal readonly record struct ItemValue(uint ClientHandle, DataValue Value)
{
    public static ItemValue Read(ref UaReader reader) => new(reader.ReadUInt32(), reader.ReadDataValue());
}

/// <summary>What a subscription has to say: values, a change of its own state, or nothing (a keep-alive, which carries the number of the next message).</summary>
internal sealed record NotificationMessage(uint SequenceNumber, OpcUaTime PublishTime, ItemValue[] Values, StatusCode? StatusChange, bool IsKeepAlive)
{
    private const uint DataChangeNotification = 811;
    private const uint StatusChangeNotification = 820;

    public static NotificationMessage Read(ref UaReader reader)
    {
        var number = reader.ReadUInt32();
        var time = reader.ReadTime();
        var parts = reader.ReadLength(3);
        var values = new List<ItemValue[]>(1);
        StatusCode? change = null;
        for (var part = 0; part < parts; part++)
        {
            var (more, status) = reader.ReadStructure(ReadPart);
            if (more is { Length: > 0 }) values.Add(more);
            change = status ?? change;
        }
        return new(number, time, values.Count == 1 ? values[0] : [.. values.SelectMany(each => each)], change, IsKeepAlive: parts <= 0);
    }

    private static (ItemValue[]? Values, StatusCode? Change) ReadPart(NodeId typeId, ref UaReader body)
    {
        if (typeId == new NodeId(DataChangeNotification)) return (body.ReadArray(5, ItemValue.Read), null);
        return (null, typeId == new NodeId(StatusChangeNotification) ? body.ReadStatus() : null);
    }
}

internal sealed record PublishResponse(uint SubscriptionId, uint[] AvailableNumbers, bool MoreNotifications, NotificationMessage Message, StatusCode[] Results)
    : IServiceResponse<PublishResponse>
{
    public static uint TypeId => 829;

    public static PublishResponse Read(ref UaReader reader)
    {
        var id = reader.ReadUInt32();
        var available = reader.ReadArray(4, static (ref UaReader number) => number.ReadUInt32());
        var more = reader.ReadBoolean();
        var message = NotificationMessage.Read(ref reader);
        var results = Services.Results.ReadStatuses(ref reader);
        Services.Results.SkipDiagnostics(ref reader);
        return new(id, available, more, message, results);
    }
}

/// <summary>Asks for a message again (OPC 10000-4, 5.13.6).</summary>
internal sealed record RepublishRequest(uint SubscriptionId, uint SequenceNumber) : IServiceRequest<RepublishResponse>
{
    public uint TypeId => 832;

    public void Write(UaWriter writer)
    {
        writer.WriteUInt32(SubscriptionId);
        writer.WriteUInt32(SequenceNumber);
    }
}

internal sealed record RepublishResponse(NotificationMessage Message) : IServiceResponse<RepublishResponse>
{
    public static uint TypeId => 835;

    public static RepublishResponse Read(ref UaReader reader) => new(NotificationMessage.Read(ref reader));
}

/// <summary>What became of one subscription that was to come over into this session.</summary>
internal sealed record TransferResult(StatusCode Status, uint[] AvailableNumbers)
{
    public static TransferResult Read(ref UaReader reader) =>
        new(reader.ReadStatus(), reader.ReadArray(4, static (ref UaReader number) => number.ReadUInt32()));
}

/// <summary>Takes subscriptions over from another session (OPC 10000-4, 5.13.7).</summary>
internal sealed record TransferSubscriptionsRequest(IReadOnlyCollection<uint> SubscriptionIds, bool SendInitialValues)
    : IServiceRequest<TransferSubscriptionsResponse>
{
    public uint TypeId => 841;

    public void Write(UaWriter writer)
    {
        writer.WriteArray(SubscriptionIds, static (to, id) => to.WriteUInt32(id));
        writer.WriteBoolean(SendInitialValues);
    }
}

internal sealed record TransferSubscriptionsResponse(TransferResult[] Results) : IServiceResponse<TransferSubscriptionsResponse>
{
    public static uint TypeId => 844;

    public static TransferSubscriptionsResponse Read(ref UaReader reader)
    {
        var results = reader.ReadArray(8, TransferResult.Read);
        Services.Results.SkipDiagnostics(ref reader);
        return new(results);
    }
}
