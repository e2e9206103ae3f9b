using System.Collections.Immutable;
using EdgeGateway.Config.Model;

namespace EdgeGateway.Precheck;

/// <summary>One signal in one period. Values are in the unit of its role, with six decimals.</summary>
internal sealed record AggregateRow
{
    public required RoleBinding Binding { get; init; }

    /// <summary>Normal if enough of what was due is; else what kept most of it from being so.</summary>
    public required DataFlag Flag { get; init; }

    /// <summary>How many readings (in a minute), minutes (in an hour) or hours (in a day) belong to the period.</summary>
    public required int Due { get; init; }

    /// <summary>How many of them there are.</summary>
    public required int Seen { get; init; }

    /// <summary>How many of them are normal: the mean is over these.</summary>
    public required int Valid { get; init; }

    /// <summary>How many there are by flag.</summary>
    public required ImmutableArray<int> Flags { get; init; }

    /// <summary>As measured; null while nothing is valid.</summary>
    public decimal? Mean { get; init; }

    public decimal? Min { get; init; }
    public decimal? Max { get; init; }

    /// <summary>The mean for dry gas at standard state; null where that makes no sense or cannot be said.</summary>
    public decimal? Dry { get; init; }

    /// <summary>Converted to reference oxygen (折算).</summary>
    public decimal? Reference { get; init; }

    /// <summary>Over how many minutes or hours <see cref="Reference"/> is.</summary>
    public int ReferenceValid { get; init; }

    /// <summary>What left in the period, kg; null unless it and the flow are normal.</summary>
    public decimal? Mass { get; init; }

    /// <summary>Why there is no <see cref="Dry"/> or no <see cref="Reference"/> where there should be one; empty if there is.</summary>
    public string Why { get; init; } = "";

    public bool IsNormal => Flag == DataFlag.Normal;

    /// <summary>The flag of a period: normal, or the most frequent reason; what is absent counts as a matter of communication.</summary>
    /// <param name="isEnough">Whether enough of it is normal.</param>
    /// <param name="flags">What there is, by flag.</param>
    /// <param name="absent">How much there is not.</param>
    public static DataFlag FlagOf(bool isEnough, ReadOnlySpan<int> flags, int absent)
    {
        if (isEnough) return DataFlag.Normal;
        var (most, worst) = (Math.Max(0, absent) + flags[(int)DataFlag.Communication], DataFlag.Communication);
        for (var i = 1; i < flags.Length; i++)
            if (flags[i] > most) (most, worst) = (flags[i], (DataFlag)i);
        return worst;
    }

    /// <summary>Six decimals, half to even, without zeros at the end.</summary>
    public static decimal Rounded(decimal value) => Math.Round(value, 6, MidpointRounding.ToEven) / 1.000000000000000000000000000000m;
}
