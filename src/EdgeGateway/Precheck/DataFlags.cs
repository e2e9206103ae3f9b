using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Precheck;

/// <summary>Flags as texts, and the flag that follows from a quality.</summary>
internal static class DataFlags
{
    /// <summary>How many there are.</summary>
    public static int Count => StateMap.Names.Length;

    /// <summary>As on the wire: <c>N</c>, <c>C</c>, <c>purge</c> …</summary>
    public static string TextOf(DataFlag flag) => StateMap.Names[(int)flag];

    /// <summary>The flag of a text; null if it is none.</summary>
    public static DataFlag? Parse(string text) => StateMap.Names.IndexOf(text) is >= 0 and var index ? (DataFlag)index : null;

    /// <summary>Why a reading has no value.</summary>
    public static DataFlag OfMissing(Quality quality) => quality is Quality.DeviceFailure or Quality.NotANumber or Quality.NotRepresentable ? DataFlag.Fault : DataFlag.Communication;
}
