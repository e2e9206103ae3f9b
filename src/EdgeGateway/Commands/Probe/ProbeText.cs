using System.Globalization;
using System.Text;
using EdgeGateway.Acquisition;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Links;
using EdgeGateway.Evidence;
using EdgeGateway.Recording;

namespace EdgeGateway.Commands.Probe;

/// <summary>What a probe found, as text.</summary>
internal static class ProbeText
{
    private const double Tiny = 1e-6;
    private const double Huge = 1e9;
    private const int LongestValue = 80;

    /// <summary>A value with its digits; <c>-</c> for none.</summary>
    public static string Of(in SampleValue value)
    {
        if (value.Kind == SampleKind.None) return "-";
        var text = new Utf8Buffer(64);
        ValueText.Write(text, value);
        var written = Encoding.UTF8.GetString(text.Written);
        return written.Length <= LongestValue ? written : written[..LongestValue] + "…";
    }

    /// <summary>Whether a reading could be what its signal means: by the map's range, else by its size.</summary>
    public static string Plausibility(Signal signal, in Reading reading)
    {
        if (reading.Value.Kind == SampleKind.None) return "no value";
        if (reading.Quality == Quality.OutOfRange) return "out of range";
        if (reading.Value.Kind == SampleKind.Text) return "text";
        // A range from 0 holds every tiny number that a wrong order makes of a float.
        if (Math.Abs(reading.Value.ToDouble()) is not (0 or (>= Tiny and <= Huge))) return "unlikely";
        return double.IsInfinity(signal.Min) && double.IsInfinity(signal.Max) ? "possible" : "in range";
    }

    /// <summary>The range of the map; empty for none.</summary>
    public static string Range(Signal signal) => (double.IsInfinity(signal.Min), double.IsInfinity(signal.Max)) switch
    {
        (true, true) => "",
        (true, false) => string.Create(CultureInfo.InvariantCulture, $", up to {signal.Max}"),
        (false, true) => string.Create(CultureInfo.InvariantCulture, $", from {signal.Min}"),
        _ => string.Create(CultureInfo.InvariantCulture, $", {signal.Min} to {signal.Max}"),
    };

    /// <summary>Prints what went over the line, each piece with its time since the first.</summary>
    public static void WriteFrames(TextWriter to, RecordedStream line, TimeProvider time)
    {
        to.WriteLine();
        to.WriteLine("frames (milliseconds since the first; > asked, < answered):");
        foreach (var piece in line.Kept)
        {
            var at = time.GetElapsedTime(line.Kept[0].At, piece.At).TotalMilliseconds;
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at,10:0.000} {(piece.IsQuestion ? '>' : '<')} {Hex(piece.Bytes.Span)}"));
        }
        if (line.LeftOut > 0) to.WriteLine($"  and {line.LeftOut} more that were not kept: probe fewer signals");
    }

    private static string Hex(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 3);
        foreach (var one in bytes) text.Append(text.Length == 0 ? "" : " ").Append(one.ToString("X2", CultureInfo.InvariantCulture));
        return text.ToString();
    }
}
