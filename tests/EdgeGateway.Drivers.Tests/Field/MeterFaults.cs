using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Field;

/// <summary>What meters and their lines do to replies.</summary>
internal static class MeterFaults
{
    public static readonly (string Name, Fault Fault)[] All =
    [
        ("silent", Fault.Silent),
        ("late, just after the patience", Fault.LateReply(MeterField.Patience * 1.1)),
        ("late, half a patience after it", Fault.LateReply(MeterField.Patience * 1.5)),
        ("late, into the second poll after", Fault.LateReply(MeterField.Patience * 2.3)),
        ("slow, within the patience", Fault.SlowReply(MeterField.Patience * 0.4)),
        ("answered twice", Fault.Duplicate),
        ("reply before glued in front", Fault.Glued),
        ("another meter answers", Fault.ForeignUnit),
        ("another control code", Fault.WrongFunction),
        ("another identifier", Fault.ForeignItem),
        ("length one too small", Fault.WrongByteCount),
        ("one byte too many", Fault.WrongLength),
        ("check wrong", Fault.BadCheck),
        ("no FE in front", Fault.Preamble(0)),
        ("one FE in front", Fault.Preamble(1)),
        ("eight FE in front", Fault.Preamble(8)),
        ("following frames missing", Fault.FollowUpMissing),
        ("following frames numbered one back", Fault.FollowUpRepeated),
        ("following frames numbered one ahead", Fault.FollowUpSkipped),
        ("FF in place of data", Fault.Fillers),
        ("cut off after 1 byte", Fault.Truncated(1)),
        ("cut off after 5 bytes", Fault.Truncated(5)),
        ("cut off after 12 bytes", Fault.Truncated(12)),
        ("cut off after 15 bytes", Fault.Truncated(15)),
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
        ("refused: other error (bit 0)", Fault.Exception(0x01)),
        ("refused: password (bit 2)", Fault.Exception(0x04)),
        ("refused: speed (bit 3)", Fault.Exception(0x08)),
        ("refused: year zones (bit 4)", Fault.Exception(0x10)),
        ("refused: day periods (bit 5)", Fault.Exception(0x20)),
        ("refused: tariffs (bit 6)", Fault.Exception(0x40)),
        ("refused: without a reason (00)", Fault.Exception(0x00)),
        ("values stand still", Fault.Frozen),
        ("line lost in mid-frame", Fault.ResetMidFrame),
    ];
}
