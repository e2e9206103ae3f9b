using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeGateway.Timekeeping;

/// <summary>
/// The Windows time service, asked with <c>w32tm /query /status /verbose</c>. Its words come in the language of the machine, its lines always in one order: they are
/// read by their place and by their numbers.
/// </summary>
internal sealed partial class W32TimeSource(TimeProvider time) : IClockSource
{
    private const int LeapLine = 0;
    private const int DelayLine = 3;
    private const int DispersionLine = 4;
    private const int LeastLines = 9;

    public string Name => "w32time";

    public async Task<ClockReport?> AskAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsWindows()) return null;
        var w32tm = Path.Combine(Environment.SystemDirectory, "w32tm.exe");
        var text = await SystemCommand.RunAsync(w32tm, ["/query", "/status", "/verbose"], time, cancellationToken).ConfigureAwait(false);
        return text is null ? null : Parse(text);
    }

    /// <summary>Reads the answer; null if it has another form.</summary>
    public static ClockReport? Parse(string text)
    {
        var lines = text.Split('\n').Select(line => line.Trim()).Where(line => line.Contains(':', StringComparison.Ordinal)).ToArray();
        if (lines.Length < LeastLines || !LeadingDigit().IsMatch(lines[LeapLine])) return null;
        // 3: nobody synchronises the clock.
        // "LOCL": the computer's own clock, which follows nobody.
        if (lines[LeapLine].Contains(": 3", StringComparison.Ordinal) || lines.Any(line => line.Contains(": 0x4C4F434C", StringComparison.OrdinalIgnoreCase))) return new ClockReport(false, null, null);
        if (Seconds(lines[DelayLine]) is not { } delay || Seconds(lines[DispersionLine]) is not { } dispersion) return null;
        // Of the verbose lines the last one is the time since the last good synchronisation.
        var age = lines.Length > LeastLines ? Seconds(lines[^1]) : null;
        return new ClockReport(true, (delay / 2 + dispersion) * 1000, age is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1e9)) : null);
    }

    private static double? Seconds(string line) =>
        SecondsAtEnd().Match(line) is { Success: true } match && double.TryParse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    [GeneratedRegex(@": [0-3](\(|\s|$)")]
    private static partial Regex LeadingDigit();

    [GeneratedRegex(@": ([0-9]+(?:\.[0-9]+)?)s$")]
    private static partial Regex SecondsAtEnd();
}
