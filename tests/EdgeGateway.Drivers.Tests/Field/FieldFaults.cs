using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Field;

/// <summary>What devices and lines of the field do to answers.</summary>
internal static class FieldFaults
{
    private static readonly (string Name, Fault Fault)[] All =
    [
        ("silent", Fault.Silent),
        ("late, just after the patience", Fault.LateReply(FieldBench.Patience * 1.1)),
        ("late, half a patience after it", Fault.LateReply(FieldBench.Patience * 1.5)),
        ("late, into the second poll after", Fault.LateReply(FieldBench.Patience * 2.3)),
        ("slow, within the patience", Fault.SlowReply(FieldBench.Patience * 0.4)),
        ("answered twice", Fault.Duplicate),
        ("answer before glued in front", Fault.Glued),
        ("another unit answers", Fault.ForeignUnit),
        ("another function", Fault.WrongFunction),
        ("byte count one too small", Fault.WrongByteCount),
        ("two bytes too many", Fault.WrongLength),
        ("transaction id of the question before", Fault.StaleTransaction),
        ("check wrong", Fault.BadCheck),
        ("cut off after 1 byte", Fault.Truncated(1)),
        ("cut off after 2 bytes", Fault.Truncated(2)),
        ("cut off after 3 bytes", Fault.Truncated(3)),
        ("cut off after 5 bytes", Fault.Truncated(5)),
        ("cut off before the last byte", Fault.Truncated(255)),
        ("in single bytes", Fault.Split),
        ("in single bytes, 2 ms apart", Fault.SplitEvery(TimeSpan.FromMilliseconds(2))),
        ("question echoed", Fault.Echo),
        ("zeros in front", Fault.NoiseBefore(Noise.Zeros)),
        ("ones in front", Fault.NoiseBefore(Noise.Ones)),
        ("noise in front", Fault.NoiseBefore(Noise.Random)),
        ("head of a frame in front", Fault.NoiseBefore(Noise.Head)),
        ("zeros behind", Fault.NoiseAfter(Noise.Zeros)),
        ("ones behind", Fault.NoiseAfter(Noise.Ones)),
        ("noise behind", Fault.NoiseAfter(Noise.Random)),
        ("head of a frame behind", Fault.NoiseAfter(Noise.Head)),
        ("noise instead", Fault.GarbageHeader),
        ("refused: illegal function (01)", Fault.Exception(1)),
        ("refused: device failure (04)", Fault.Exception(4)),
        ("refused: acknowledged (05)", Fault.Exception(5)),
        ("refused: busy (06)", Fault.Exception(6)),
        ("refused: memory (08)", Fault.Exception(8)),
        ("refused: gateway path (0A)", Fault.Exception(10)),
        ("refused: gateway target (0B)", Fault.Exception(11)),
        ("refused: unknown code (55)", Fault.Exception(0x55)),
        ("values stand still", Fault.Frozen),
        ("line lost in mid-frame", Fault.ResetMidFrame),
        ("last answer first", Fault.OutOfOrder(TimeSpan.FromMilliseconds(20))),
        ("one question at a time, others lost", Fault.OneAtATime(TimeSpan.FromMilliseconds(20))),
    ];

    /// <summary>The faults that a transport can have: Modbus TCP carries no check that could be wrong, and on serial frames one question is open at a time.</summary>
    public static (string Name, Fault Fault)[] On(FieldTransport transport) => [.. All.Where(entry => IsOn(transport, entry.Fault.Kind))];

    private static bool IsOn(FieldTransport transport, FaultKind kind) => transport is FieldTransport.ModbusTcp or FieldTransport.ModbusTcpInWindow
        ? kind != FaultKind.BadCheck
        : kind is not (FaultKind.OutOfOrder or FaultKind.OneAtATime);
}
