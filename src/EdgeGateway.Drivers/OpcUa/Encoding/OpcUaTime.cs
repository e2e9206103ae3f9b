namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>A time as it is sent: 100 ns since 1601-01-01 UTC, 0 for none (OPC 10000-6, 5.2.2.5). Kept as sent, so that nothing is lost.</summary>
internal readonly record struct OpcUaTime(long Ticks)
{
    private static readonly long Epoch = new DateTime(1601, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    /// <summary>A time is known.</summary>
    public bool IsKnown => Ticks > 0;

    /// <summary>The same in UTC, held within what a <see cref="DateTime"/> can say. The standard's "none" is the beginning of 1601.</summary>
    public DateTime ToUtc()
    {
        if (Ticks <= 0) return new DateTime(Epoch, DateTimeKind.Utc);
        return Ticks >= DateTime.MaxValue.Ticks - Epoch ? DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc) : new DateTime(Epoch + Ticks, DateTimeKind.Utc);
    }

    /// <summary>Before 1601 becomes none.</summary>
    public static OpcUaTime From(DateTimeOffset time) => new(Math.Max(0, time.UtcTicks - Epoch));

    public override string ToString() => IsKnown ? ToUtc().ToString("O") : "none";
}
