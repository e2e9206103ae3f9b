namespace EdgeGateway.Drivers.OpcUa;

/// <summary>Text of a stranger, made fit for messages and logs.</summary>
internal static class Printable
{
    private const int MaxCharacters = 256;

    /// <summary>At most 256 characters, control characters replaced.</summary>
    public static string Text(string? text)
    {
        if (text is null) return "";
        var shown = text.Length > MaxCharacters ? text[..MaxCharacters] : text;
        return string.Concat(shown.Select(character => char.IsControl(character) ? '·' : character));
    }
}
