namespace EdgeGateway.Fuzzing;

/// <summary>Every decoder that is fuzzed.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        SerialTargets.Rtu,
        SerialTargets.Ascii,
        SerialTargets.Mbap,
        SerialTargets.Dlt645,
        ValueTargets.Registers,
        ValueTargets.MeterItems,
        OpcUaTargets.Values,
        OpcUaTargets.Responses,
        OpcUaTargets.Transport,
        WireTargets.Payload,
        WireTargets.Line,
        WireTargets.Command,
    ];
}
