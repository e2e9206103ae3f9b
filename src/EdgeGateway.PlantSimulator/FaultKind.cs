namespace EdgeGateway.PlantSimulator;

/// <summary>What can be wrong with a device's answers.</summary>
internal enum FaultKind : byte
{
    None,
    Silent,
    SlowReply,
    LateReply,
    Duplicate,
    ForeignUnit,
    WrongFunction,
    WrongLength,
    WrongByteCount,
    Split,
    Glued,
    StaleTransaction,
    Exception,
    ResetMidFrame,
    GarbageHeader,
    Frozen,
    BadCheck,
    Echo,
    NoiseBefore,
    NoiseAfter,
    Truncated,
    Preamble,
    ForeignItem,
    FollowUpMissing,
    FollowUpRepeated,
    FollowUpSkipped,
    Fillers,
}
