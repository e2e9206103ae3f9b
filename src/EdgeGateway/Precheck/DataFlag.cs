using EdgeGateway.Config;

namespace EdgeGateway.Precheck;

/// <summary>What a value is worth to the judgement: the data flags of HJ 212-2017 and two states more. The order is that of <see cref="StateMap.Names"/>.</summary>
internal enum DataFlag : byte
{
    Normal,
    Stopped,
    Maintenance,
    SetByHand,
    Fault,
    Calibration,
    OverRange,
    Communication,
    Purge,
    WarmUp,
}
