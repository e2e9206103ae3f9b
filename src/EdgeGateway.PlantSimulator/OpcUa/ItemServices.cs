namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>The services of monitored items (OPC 10000-4, 5.13).</summary>
internal sealed class ItemServices(SimulatedServer server)
{
    private const uint Reporting = 2;

    public IReadOnlyDictionary<uint, Service> All => new Dictionary<uint, Service>
    {
        [751] = new(754, ServiceNeed.User, Create),
        [763] = new(766, ServiceNeed.User, Modify),
        [769] = new(772, ServiceNeed.User, SetMode),
        [781] = new(784, ServiceNeed.User, Delete),
    };

    private void Create(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var subscription = SubscriptionServices.Find(server, call.Session, request.ReadUInt32());
        var times = AttributeServices.ReadTimes(request);
        var wanted = request.ReadOperations(server.Settings.MaxItemsPerCall, 40, () => (Place: AttributeServices.ReadPlace(request), Mode: request.ReadUInt32(), Wish: ReadWish(request)));
        // Reckoned once a call: with ten thousand items, once an item would take long.
        var (items, places) = Left();
        answer.WriteAll(wanted, one =>
        {
            var (status, item) = (UaStatus.Good, default(MonitoredItem));
            try
            {
                if (items-- <= 0) throw new UaFault(UaStatus.BadTooManyMonitoredItems, $"{server.Settings.MaxItems} items");
                item = Make(subscription, one.Place, times, one.Mode, one.Wish, places);
                places -= item.QueueSize;
            }
            catch (UaFault e)
            {
                status = e.Status; // one that cannot be watched does not keep the others from it
            }
            answer.WriteUInt32(status);
            answer.WriteUInt32(item?.Id ?? 0);
            WriteRevised(answer, item);
        });
        answer.WriteNoDiagnostics();
    }

    private void Modify(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var subscription = SubscriptionServices.Find(server, call.Session, request.ReadUInt32());
        var times = AttributeServices.ReadTimes(request);
        var wanted = request.ReadOperations(server.Settings.MaxItemsPerCall, 24, () => (Id: request.ReadUInt32(), Wish: ReadWish(request)));
        var (_, places) = Left();
        answer.WriteAll(wanted, one =>
        {
            var status = UaStatus.Good;
            var item = subscription.Items.GetValueOrDefault(one.Id);
            try
            {
                if (item is null) throw new UaFault(UaStatus.BadMonitoredItemIdInvalid, $"item {one.Id}");
                places += item.QueueSize;
                Fit(item, subscription, one.Wish, isValue: true, places);
                places -= item.QueueSize;
                item.Times = times;
            }
            catch (UaFault e)
            {
                status = e.Status; // as when they are made
            }
            answer.WriteUInt32(status);
            WriteRevised(answer, item);
        });
        answer.WriteNoDiagnostics();
    }

    private void SetMode(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var subscription = SubscriptionServices.Find(server, call.Session, request.ReadUInt32());
        var mode = ReadMode(request.ReadUInt32());
        ForEach(subscription, request, answer, item => item.SetMode(mode));
    }

    private void Delete(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var subscription = SubscriptionServices.Find(server, call.Session, request.ReadUInt32());
        ForEach(subscription, request, answer, item => subscription.Items.Remove(item.Id));
    }

    private void ForEach(Subscription subscription, UaDecoder request, UaEncoder answer, Action<MonitoredItem> act)
    {
        var ids = request.ReadOperations(server.Settings.MaxItemsPerCall, 4, request.ReadUInt32);
        answer.WriteAll(ids, id =>
        {
            var item = subscription.Items.GetValueOrDefault(id);
            if (item is not null) act(item);
            answer.WriteUInt32(item is null ? UaStatus.BadMonitoredItemIdInvalid : UaStatus.Good);
        });
        answer.WriteNoDiagnostics();
    }

    private MonitoredItem Make(Subscription subscription, (NodeKey Node, uint Attribute, string? Range, string? Encoding) place, int times, uint mode, Wish wish, long places)
    {
        var node = server.Space.Find(place.Node) ?? throw new UaFault(UaStatus.BadNodeIdUnknown, $"{place.Node}");
        var first = AttributeServices.Look(server, node, place.Attribute, place.Range, place.Encoding).Sample.Status;
        if (first is UaStatus.BadAttributeIdInvalid or UaStatus.BadIndexRangeInvalid or UaStatus.BadDataEncodingUnsupported) throw new UaFault(first, $"{place.Node}");
        var item = new MonitoredItem(server.NextNumber(), node, times, () => AttributeServices.Look(server, node, place.Attribute, place.Range, place.Encoding));
        Fit(item, subscription, wish, place.Attribute == AttributeServices.ValueAttribute, places);
        item.SetMode(ReadMode(mode));
        subscription.Items.Add(item.Id, item);
        item.Sample(server.NowMs, overflows: false);
        return item;
    }

    private void Fit(MonitoredItem item, Subscription subscription, Wish wish, bool isValue, long places)
    {
        item.Filter = ChangeFilter.Read(wish.FilterType, wish.Filter, item.Node, isValue);
        item.ClientHandle = wish.Handle;
        var tick = server.Settings.Tick.TotalMilliseconds;
        var sampling = double.IsNaN(wish.SamplingMs) || wish.SamplingMs < 0 ? subscription.IntervalMs : Math.Clamp(wish.SamplingMs, tick, 3_600_000);
        item.SamplingMs = (long)(Math.Ceiling(sampling / tick) * tick);
        item.QueueSize = Math.Max(1, (uint)Math.Min(Math.Min(wish.Queue, server.Settings.MaxQueue), Math.Max(0, places)));
        item.KeepsNewest = wish.KeepsNewest;
        item.Trim();
    }

    /// <summary>How many items, and how many places in their queues, the server still has room for.</summary>
    private (long Items, long Places) Left()
    {
        var all = server.Subscriptions.Values.SelectMany(subscription => subscription.Items.Values).ToList();
        return (server.Settings.MaxItems - all.Count, server.Settings.MaxQueuePlaces - all.Sum(item => (long)item.QueueSize));
    }

    private static uint ReadMode(uint mode) => mode <= Reporting ? mode : throw new UaFault(UaStatus.BadMonitoringModeInvalid, $"mode {mode}");

    private static Wish ReadWish(UaDecoder request)
    {
        var (handle, sampling, filter) = (request.ReadUInt32(), request.ReadDouble(), request.ReadStructure());
        return new(handle, sampling, filter.Type, filter.Body, request.ReadUInt32(), request.ReadBoolean());
    }

    private static void WriteRevised(UaEncoder answer, MonitoredItem? item)
    {
        answer.WriteDouble(item?.SamplingMs ?? 0);
        answer.WriteUInt32(item?.QueueSize ?? 0);
        answer.WriteNodeId(NodeKey.Null);
        answer.WriteByte(0);
    }

    /// <summary>What a client wants of an item.</summary>
    private sealed record Wish(uint Handle, double SamplingMs, NodeKey FilterType, UaDecoder? Filter, uint Queue, bool KeepsNewest);
}
