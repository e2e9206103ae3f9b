using System.Globalization;

namespace EdgeGateway.Timekeeping;

/// <summary>chrony, asked with <c>chronyc -n -c tracking</c>: one line of 14 comma-separated fields.</summary>
/// <param name="chronyc">Full path of the command; null if it is not installed.</param>
/// <param name="more">Further arguments in front, such as <c>-p PORT</c>.</param>
/// <param name="time">Clock.</param>
internal sealed class ChronySource(string? chronyc, IReadOnlyList<string> more, TimeProvider time) : IClockSource
{
    private const int Fields = 14;

    public string Name => "chrony";

    /// <summary>The one of this machine.</summary>
    public static ChronySource OfThisMachine(TimeProvider time) => new(SystemCommand.Find("chronyc", "/usr/bin", "/usr/local/bin", "/bin"), [], time);

    public async Task<ClockReport?> AskAsync(CancellationToken cancellationToken)
    {
        if (chronyc is null) return null;
        var text = await SystemCommand.RunAsync(chronyc, [.. more, "-n", "-c", "tracking"], time, cancellationToken).ConfigureAwait(false);
        return text is null ? null : Parse(text, time.GetUtcNow());
    }

    /// <summary>The reference id of chrony's own clock.</summary>
    private const string LocalClock = "7F7F0101";

    /// <summary>Reads the answer; null if it is another program's.</summary>
    public static ClockReport? Parse(string text, DateTimeOffset now)
    {
        var fields = text.Trim().Split(',');
        if (fields.Length != Fields || !TryNumber(fields[3], out var reference) || !TryNumber(fields[4], out var offset)
            || !TryNumber(fields[10], out var delay) || !TryNumber(fields[11], out var dispersion)) return null;
        // A clock that follows itself ("local stratum 10", usual in plant networks) calls itself normal, too.
        if (fields[13] == "Not synchronised" || fields[0] == LocalClock) return new ClockReport(false, null, null);
        // The bound that chrony's manual gives for the error of the clock.
        var error = Math.Abs(offset) + delay / 2 + dispersion;
        var age = now.ToUnixTimeMilliseconds() / 1000.0 - reference;
        return new ClockReport(true, error * 1000, TimeSpan.FromSeconds(Math.Clamp(age, 0, 1e9)));
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
