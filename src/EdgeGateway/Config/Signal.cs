using System.Collections.Immutable;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>What one point of a device means to the plant.</summary>
internal sealed record Signal
{
    public required SignalId Id { get; init; }

    /// <summary>Raw number to engineering value.</summary>
    public required Scaling Scaling { get; init; }

    /// <summary>Unit as printed, for example <c>mg/m3</c>; empty for none.</summary>
    public required string Unit { get; init; }

    /// <summary>HJ 212 factor code (HJ 212-2017 App. B), for example <c>a21026</c>; null where there is none.</summary>
    public string? FactorCode { get; init; }

    /// <summary>What rules know the signal as, for example <c>outlet.so2</c>; null for none.</summary>
    public string? Role { get; init; }

    /// <summary>Chinese name; empty for none.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>English name; empty for none.</summary>
    public string NameEn { get; init; } = "";

    /// <summary>Below this, after scaling, the value is kept and marked <see cref="Quality.OutOfRange"/>.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Above this, after scaling, the value is kept and marked <see cref="Quality.OutOfRange"/>.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>For the signal made from a status word: which text each code or bit stands for; null for everything else.</summary>
    public StateMap? States { get; init; }

    /// <summary>
    /// The signals with <see cref="States"/> that say what this value is worth, of any device of the plant, the one that decides first; empty for none.
    /// The value itself is never altered by them.
    /// </summary>
    public ImmutableArray<SignalId> Status { get; init; } = [];
}
