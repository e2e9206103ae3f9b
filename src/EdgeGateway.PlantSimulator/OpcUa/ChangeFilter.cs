namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>What is worth telling (OPC 10000-4, 7.22.2).</summary>
/// <param name="Trigger">0 the status, 1 also the value, 2 also the source's time.</param>
/// <param name="Deadband">A number is told when it has moved by more; 0 for every change.</param>
internal sealed record ChangeFilter(uint Trigger, double Deadband)
{
    private const uint Encoding = 724;

    public static ChangeFilter Default { get; } = new(1, 0);

    /// <summary>Reads a filter for a node.</summary>
    /// <exception cref="UaFault">It does not fit the node, or is none that this server knows.</exception>
    public static ChangeFilter Read(NodeKey type, UaDecoder? body, UaNode node, bool isValue)
    {
        if (body is null) return Default;
        if (type != NodeKey.Of(Encoding)) throw new UaFault(UaStatus.BadMonitoredItemFilterUnsupported, $"filter {type}");
        if (!isValue) throw new UaFault(UaStatus.BadFilterNotAllowed, "a filter for what is no value");
        var (trigger, kind, deadband) = (body.ReadUInt32(), body.ReadUInt32(), body.ReadDouble());
        if (trigger > 2 || kind > 2 || !double.IsFinite(deadband) || deadband < 0) throw new UaFault(UaStatus.BadMonitoredItemFilterInvalid, $"trigger {trigger}, deadband {kind} of {deadband}");
        if (kind == 0) return new(trigger, 0);
        if (node.Variable is not { Type: >= UaType.SByte and <= UaType.Double } variable) throw new UaFault(UaStatus.BadFilterNotAllowed, "a deadband for what is no number");
        if (kind == 1) return new(trigger, deadband);
        if (variable.Point.Range is not { } range || deadband > 100) throw new UaFault(UaStatus.BadDeadbandFilterInvalid, $"{deadband} % of {(variable.Point.Range is null ? "a node without EURange" : "the range")}");
        return new(trigger, deadband / 100 * (range.High - range.Low));
    }

    public bool IsChange(in UaSample before, in UaSample now)
    {
        if (before.Status != now.Status) return true;
        if (Trigger == 0) return false;
        if (Trigger == 2 && before.SourceTime != now.SourceTime) return true;
        if (Deadband > 0 && before.Value.Number is { } from && now.Value.Number is { } to) return !(Math.Abs(to - from) <= Deadband);
        return before.Value != now.Value;
    }
}
