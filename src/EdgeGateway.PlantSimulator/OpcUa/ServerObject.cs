namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>What a server shows of itself: the object Server with its state and its limits (OPC 10000-5, 6.3 and 8.3).</summary>
internal static class ServerObject
{
    private const uint Component = ReferenceTypes.HasComponent;

    public static void AddTo(AddressSpace space, SimulatedServer server, DateTimeOffset startedAt, TimeProvider time)
    {
        var root = Object(space, space.Objects, 2253, "Server", 2004);
        var (servers, namespaces) = (UaValue.OfList(UaType.String, [server.Settings.ApplicationUri]), UaValue.OfList(UaType.String, space.Namespaces));
        space.AddValue(root, 2254, "ServerArray", UaType.String, () => servers, isList: true);
        space.AddValue(root, 2255, "NamespaceArray", UaType.String, () => namespaces, isList: true);
        space.AddValue(root, 2267, "ServiceLevel", UaType.Byte, () => new(UaType.Byte, (byte)255));
        AddStatus(space, root, startedAt, time);
        AddCapabilities(space, root, server.Settings);
    }

    private static void AddStatus(AddressSpace space, UaNode root, DateTimeOffset startedAt, TimeProvider time)
    {
        var start = UaValue.OfTime(startedAt.ToFileTime());
        var status = space.AddValue(root, 2256, "ServerStatus", UaType.ExtensionObject, () => UaValue.OfStructure(864, to => WriteStatus(to, startedAt, time)), Component, dataType: 862);
        space.AddValue(status, 2257, "StartTime", UaType.DateTime, () => start, Component);
        space.AddValue(status, 2258, "CurrentTime", UaType.DateTime, () => UaValue.OfTime(time.GetUtcNow().ToFileTime()), Component);
        space.AddValue(status, 2259, "State", UaType.Int32, () => new(UaType.Int32, 0), Component, dataType: 852);
        space.AddValue(status, 2260, "BuildInfo", UaType.ExtensionObject, () => UaValue.OfStructure(340, WriteBuild), Component, dataType: 338);
        space.AddValue(status, 2992, "SecondsTillShutdown", UaType.UInt32, () => UaValue.Of(0u), Component);
        space.AddValue(status, 2993, "ShutdownReason", UaType.LocalizedText, () => new(UaType.LocalizedText, ""), Component);
    }

    private static void AddCapabilities(AddressSpace space, UaNode root, ServerSettings settings)
    {
        var capabilities = Object(space, root, 2268, "ServerCapabilities", 58);
        Number(capabilities, 2735, "MaxBrowseContinuationPoints", new(UaType.UInt16, settings.MaxContinuationPoints));
        Number(capabilities, 2737, "MaxHistoryContinuationPoints", new(UaType.UInt16, settings.MaxContinuationPoints));
        Number(capabilities, 2272, "MinSupportedSampleRate", new(UaType.Double, settings.Tick.TotalMilliseconds));
        Number(capabilities, 11702, "MaxArrayLength", UaValue.Of(settings.MaxNodesPerRead));
        Number(capabilities, 11703, "MaxStringLength", UaValue.Of(65_536));
        Number(capabilities, 12911, "MaxByteStringLength", UaValue.Of(65_536));
        Number(capabilities, 31916, "MaxMonitoredItemsQueueSize", UaValue.Of(settings.MaxQueue));
        var limits = Object(space, capabilities, 11704, "OperationLimits", 58);
        Number(limits, 11705, "MaxNodesPerRead", UaValue.Of(settings.MaxNodesPerRead));
        Number(limits, 12165, "MaxNodesPerHistoryReadData", UaValue.Of(settings.MaxNodesPerHistoryRead));
        Number(limits, 11710, "MaxNodesPerBrowse", UaValue.Of(settings.MaxNodesPerBrowse));
        Number(limits, 11711, "MaxNodesPerRegisterNodes", UaValue.Of(settings.MaxNodesPerRegister));
        Number(limits, 11712, "MaxNodesPerTranslateBrowsePathsToNodeIds", UaValue.Of(settings.MaxNodesPerTranslate));
        Number(limits, 11714, "MaxMonitoredItemsPerCall", UaValue.Of(settings.MaxItemsPerCall));
        var history = Object(space, capabilities, 11192, "HistoryServerCapabilities", 58);
        Number(history, 11193, "AccessHistoryDataCapability", UaValue.Of(settings.History > 0));
        Number(history, 11273, "MaxReturnDataValues", UaValue.Of(settings.MaxHistoryValues));

        void Number(UaNode parent, uint id, string name, UaValue value) => space.AddValue(parent, id, name, value.Type, () => value);
    }

    private static UaNode Object(AddressSpace space, UaNode parent, uint id, string name, uint type) =>
        space.Add(new UaNode(NodeKey.Of(id), UaNodeClass.Object, 0, name) { TypeDefinition = NodeKey.Of(type) }, parent, id == 2253 ? ReferenceTypes.Organizes : Component);

    private static void WriteStatus(UaEncoder to, DateTimeOffset startedAt, TimeProvider time)
    {
        to.WriteInt64(startedAt.ToFileTime());
        to.WriteInt64(time.GetUtcNow().ToFileTime());
        to.WriteInt32(0);
        WriteBuild(to);
        to.WriteUInt32(0);
        to.WriteLocalized(null);
    }

    private static void WriteBuild(UaEncoder to)
    {
        to.WriteString("urn:simulated-plant");
        to.WriteString("EdgeGateway");
        to.WriteString("Simulated plant");
        to.WriteString("");
        to.WriteString("");
        to.WriteInt64(0);
    }
}
