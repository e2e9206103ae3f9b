using System.Globalization;
using System.Text;

namespace EdgeGateway.Config;

/// <summary>One mistake in a site folder, in the words of the person who has to correct it.</summary>
/// <param name="File">Path relative to the site folder, with <c>/</c>.</param>
/// <param name="Line">Line in the file, from 1; 0 when the file or folder as a whole is meant.</param>
/// <param name="Found">What stands there, with its key: <c>timeout "5"</c>.</param>
/// <param name="Expected">What would have been right, with unit and bounds.</param>
/// <param name="Fix">What to do.</param>
internal sealed record ConfigFault(string File, int Line, string Found, string Expected, string Fix)
{
    private const int LongestQuote = 60;

    /// <summary>Text as found in a file, safe to print: at most 60 characters, control characters made visible.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, LongestQuote)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }
        if (text.Length > LongestQuote) quoted.Append('…');
        return quoted.Append('"').ToString();
    }

    /// <summary><c>maps/cems.csv:12: found "X", expected Y; fix: Z</c></summary>
    public override string ToString() => $"{(Line > 0 ? $"{File}:{Line}" : File)}: found {Found}, expected {Expected}; fix: {Fix}";
}
