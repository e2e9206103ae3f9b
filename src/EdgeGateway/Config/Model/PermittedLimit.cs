namespace EdgeGateway.Config.Model;

/// <summary>One version of one limit.</summary>
internal sealed record PermittedLimit
{
    /// <summary>The limit's name; its versions share it.</summary>
    public required string Name { get; init; }

    /// <summary>From 1; of the versions in force the highest holds.</summary>
    public required int Version { get; init; }

    /// <summary>The role it limits: <c>outlet.so2</c>.</summary>
    public required string Role { get; init; }

    public required LimitBasis Basis { get; init; }

    /// <summary>Over which period the mean, or the mass, is taken.</summary>
    public required LimitPeriod Over { get; init; }

    /// <summary>mg/m3, or kg in the period.</summary>
    public required decimal Value { get; init; }

    /// <summary>The first day in force, in UTC+8.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The last day in force, in UTC+8; null for no end.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>The hours of the day in which it holds, in UTC+8; null for all of them.</summary>
    public DayWindow? Daily { get; init; }

    /// <summary>What it rests on, for people.</summary>
    public required string Law { get; init; }

    /// <summary>True if it holds for a period that starts then.</summary>
    /// <param name="start">UTC+8.</param>
    public bool Holds(DateTime start)
    {
        // A night that begins on the last day goes on into the morning after it.
        var day = DateOnly.FromDateTime(Daily is { } window && window.IsAfterMidnight(TimeOnly.FromDateTime(start)) ? start.AddDays(-1) : start);
        return day >= From && (Until is not { } until || day <= until) && Daily?.Holds(TimeOnly.FromDateTime(start)) != false;
    }
}
