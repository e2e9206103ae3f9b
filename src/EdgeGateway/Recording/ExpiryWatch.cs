using System.Globalization;
using EdgeGateway.Evidence;

namespace EdgeGateway.Recording;

/// <summary>Says 90, 30, 7 and 1 days before the certificate of a signing key ends, and when it has ended, once each. Not thread-safe.</summary>
internal sealed class ExpiryWatch
{
    private static readonly int[] Days = [90, 30, 7, 1, 0];

    private readonly Dictionary<string, int> _said = new(StringComparer.Ordinal);

    /// <summary>What there is to say of a key now, in words; null if its end is far away or unknown.</summary>
    public static string? Notice(SigningKey key, DateTimeOffset now)
    {
        if (key.NotAfter is not { } end || StageOf(end, now) is null) return null;
        return end < now
            ? string.Create(CultureInfo.InvariantCulture, $"ended on {end:yyyy-MM-dd}")
            : string.Create(CultureInfo.InvariantCulture, $"ends on {end:yyyy-MM-dd}, in {DaysLeft(end, now)} days");
    }

    /// <summary>Days left, if that has to be said now for the first time at this stage; null otherwise.</summary>
    public int? Due(SigningKey key, DateTimeOffset now)
    {
        if (key.NotAfter is not { } end || StageOf(end, now) is not { } stage) return null;
        if (_said.TryGetValue(key.KeyId, out var said) && said <= stage) return null;
        _said[key.KeyId] = stage;
        return DaysLeft(end, now);
    }

    /// <summary>Whole days, upwards: on the last one 1, and 0 or less afterwards.</summary>
    private static int DaysLeft(DateTimeOffset end, DateTimeOffset now) => (int)Math.Ceiling((end - now).TotalDays);

    private static int? StageOf(DateTimeOffset end, DateTimeOffset now)
    {
        var left = DaysLeft(end, now);
        int? stage = null;
        foreach (var days in Days)
            if (left <= days) stage = days;
        return stage;
    }
}
