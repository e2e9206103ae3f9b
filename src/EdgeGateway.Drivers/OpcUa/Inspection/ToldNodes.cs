namespace EdgeGateway.Drivers.OpcUa.Inspection;

/// <summary>Where the standard keeps what a server says of itself (OPC 10000-5, 6.3; the numbers of OPC 10000-6, annex A).</summary>
internal static class ToldNodes
{
    public const string State = "state";
    public const string ServiceLevel = "serviceLevel";
    public const string MaxNodesPerRead = "maxNodesPerRead";
    public const string MaxMonitoredItemsPerCall = "maxMonitoredItemsPerCall";
    public const string MinSupportedSampleRate = "minSupportedSampleRate";
    public const string MaxSessions = "maxSessions";
    public const string CurrentSessions = "currentSessions";
    public const string AccessHistoryData = "accessHistoryData";

    public static IReadOnlyList<(string Key, string Label, uint Node)> Status { get; } =
    [
        (State, "state", 2259), (ServiceLevel, "service level", 2267), ("startTime", "running since", 2257), ("currentTime", "its time", 2258), ("productName", "product", 2261),
        ("manufacturerName", "manufacturer", 2263), ("softwareVersion", "version", 2264), ("buildNumber", "build", 2265), ("buildDate", "built", 2266), ("productUri", "product URI", 2262),
        (CurrentSessions, "sessions now", 2277), ("shutdownReason", "shutdown", 2993),
    ];

    public static IReadOnlyList<(string Key, string Label, uint Node)> Limits { get; } =
    [
        (MaxNodesPerRead, "nodes per read", 11705), ("maxNodesPerBrowse", "nodes per browse", 11710), ("maxNodesPerTranslate", "paths per translation", 11712), ("maxNodesPerRegister", "nodes per registration", 11711),
        (MaxMonitoredItemsPerCall, "monitored items per call", 11714), ("maxNodesPerHistoryRead", "nodes per history read", 12165), ("maxBrowseContinuationPoints", "browse continuation points", 2735),
        ("maxHistoryContinuationPoints", "history continuation points", 2737), ("maxArrayLength", "elements of an array", 11702), ("maxStringLength", "bytes of a string", 11703), ("maxByteStringLength", "bytes of a byte string", 12911),
    ];

    public static IReadOnlyList<(string Key, string Label, uint Node)> Capabilities { get; } =
    [
        (MinSupportedSampleRate, "fastest sampling, ms", 2272), (MaxSessions, "sessions", 24095), ("maxSubscriptions", "subscriptions", 24096), ("maxSubscriptionsPerSession", "subscriptions per session", 24098),
        ("maxMonitoredItems", "monitored items", 24097), ("maxMonitoredItemsPerSubscription", "monitored items per subscription", 24104), ("maxMonitoredItemsQueueSize", "queue of a monitored item", 31916),
        (AccessHistoryData, "history of values", 11193), ("maxReturnDataValues", "values per history read", 11273), ("redundancySupport", "redundancy (0 none)", 3709),
    ];
}
