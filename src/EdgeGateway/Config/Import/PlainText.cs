using System.Text;

namespace EdgeGateway.Config.Import;

/// <summary>Full-width letters, digits and signs as the usual ones, and the few compatibility characters that units have. The platform's own tables are not always there.</summary>
internal static class PlainText
{
    private const char FirstFullWidth = '\uFF01';
    private const char LastFullWidth = '\uFF5E';
    private const int FullWidthShift = 0xFEE0;

    public static string Of(string text)
    {
        if (text.All(char.IsAscii)) return text;
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                >= FirstFullWidth and <= LastFullWidth => plain.Append((char)(c - FullWidthShift)),
                '\u3000' or '\u00A0' => plain.Append(' '),
                '²' => plain.Append('2'),
                '³' => plain.Append('3'),
                '℃' => plain.Append("°C"),
                '㎎' => plain.Append("mg"),
                '㎥' => plain.Append("m3"),
                _ => plain.Append(c),
            };
        }
        return plain.ToString();
    }
}
