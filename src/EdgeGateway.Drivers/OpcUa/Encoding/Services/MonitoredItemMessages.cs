namespace EdgeGateway.Drivers.OpcUa.Encoding.Services;

/// <summary>What makes a server report.</summary>
internal enum DataChangeTrigger
{
    Status = 0,
    StatusValue = 1,
    StatusValueTimestamp = 2,
}

/// <summary>How a deadband is meant; percent is of the node's EURange.</summary>
internal enum DeadbandKind : uint
{
    None = 0,
    Absolute = 1,
    Percent = 2,
}

/// <summary>Which changes a server reports.</summary>
internal sealed record DataChangeFilter(DataChangeTrigger Trigger, DeadbandKind Deadband, double DeadbandValue);

/// <summary>One node to watch.</summary>
/// <param name="Node">What to watch.</param>
/// <param name="ClientHandle">The number that its values come with.</param>
/// <param name="SamplingMilliseconds">-1 for the publishing interval, 0 for as fast as the server can.</param>
/// <param name="QueueSize">How many values the server keeps between two publishes; the oldest are dropped first.</param>
/// <param name="Filter">Null for the server's default: status and value.</param>
internal sealed record MonitoredItemRequest(ReadValueId Node, uint ClientHandle, double SamplingMilliseconds, uint QueueSize, DataChangeFilter? Filter)
{
    private const uint DataChangeFilterType = 724;
    private const int Reporting = 2;

    public void Write(UaWriter writer)
    {
        Node.Write(writer);
        writer.WriteInt32(Reporting);
        writer.WriteUInt32(ClientHandle);
        writer.WriteDouble(SamplingMilliseconds);
        if (Filter is null) writer.WriteNoStructure();
        else writer.WriteStructure(DataChangeFilterType, Filter, static (to, filter) =>
        {
            to.WriteInt32((int)filter.Trigger);
            to.WriteUInt32((uint)filter.Deadband);
            to.WriteDouble(filter.DeadbandValue);
        });
        writer.WriteUInt32(QueueSize);
        writer.WriteBoolean(true);
    }
}

/// <summary>What the server made of a <see cref="MonitoredItemRequest"/>.</summary>
internal sealed record MonitoredItemResult(StatusCode Status, uint ItemId, double SamplingMilliseconds, uint QueueSize)
{
    public static MonitoredItemResult Read(ref UaReader reader)
    {
        var result = new MonitoredItemResult(reader.ReadStatus(), reader.ReadUInt32(), reader.ReadDouble(), reader.ReadUInt32());
        reader.ReadExtensionObject();
        return result;
    }
}

/// <summary>Watches nodes (OPC 10000-4, 5.12.2).</summary>
internal sealed record CreateMonitoredItemsRequest(uint SubscriptionId, IReadOnlyCollection<MonitoredItemRequest> Items)
    : IServiceRequest<CreateMonitoredItemsResponse>
{
    public uint TypeId => 751;

    public void Write(UaWriter writer)
    {
        writer.WriteUInt32(SubscriptionId);
        writer.WriteInt32((int)TimestampsToReturn.Both);
        writer.WriteArray(Items, static (to, item) => item.Write(to));
    }
}

internal sealed record CreateMonitoredItemsResponse(MonitoredItemResult[] Results) : IServiceResponse<CreateMonitoredItemsResponse>
{
    public static uint TypeId => 754;

    public static CreateMonitoredItemsResponse Read(ref UaReader reader)
    {
        var results = reader.ReadArray(23, MonitoredItemResult.Read);
        Services.Results.SkipDiagnostics(ref reader);
        return new(results);
    }
}

/// <summary>Stops watching (OPC 10000-4, 5.12.6).</summary>
internal sealed record DeleteMonitoredItemsRequest(uint SubscriptionId, IReadOnlyCollection<uint> Items) : IServiceRequest<DeleteMonitoredItemsResponse>
{
    public uint TypeId => 781;

    public void Write(UaWriter writer)
    {
        writer.WriteUInt32(SubscriptionId);
        writer.WriteArray(Items, static (to, item) => to.WriteUInt32(item));
    }
}

internal sealed record DeleteMonitoredItemsResponse(StatusCode[] Results) : IServiceResponse<DeleteMonitoredItemsResponse>
{
    public static uint TypeId => 784;

    public static DeleteMonitoredItemsResponse Read(ref UaReader reader)
    {
        var results = Services.Results.ReadStatuses(ref reader);
        Services.Results.SkipDiagnostics(ref reader);
        return new(results);
    }
}
