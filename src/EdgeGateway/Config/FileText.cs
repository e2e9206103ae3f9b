using System.Text;

namespace EdgeGateway.Config;

/// <summary>
/// Turns the bytes of a plant file into text: UTF-8 with or without BOM, or GB18030 (GBK), as Chinese spreadsheet programs save it.
/// </summary>
internal static class FileText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Encoding StrictGb18030 =
        CodePagesEncodingProvider.Instance.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
        ?? throw new NotSupportedException("the runtime has no GB18030 encoding");

    /// <summary>The text; null, and a fault, if it is in neither encoding, or holds zero characters (UTF-16, or no text at all).</summary>
    public static string? Decode(string file, ReadOnlySpan<byte> bytes, FaultList faults)
    {
        var hasBom = bytes.StartsWith(Encoding.UTF8.Preamble);
        if (hasBom) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        try
        {
            var text = DecodeUtf8(bytes) ?? (hasBom || IsDamagedUtf8(bytes) ? null : StrictGb18030.GetString(bytes));
            if (text is not null && !text.Contains('\0')) return text;
        }
        catch (DecoderFallbackException)
        {
            // Neither encoding: reported below, with the line where UTF-8 ended.
        }
        faults.Add(file, LineOfFault(bytes), "bytes that are not text", "UTF-8 or GBK text", "save the file as UTF-8");
        return null;
    }

    private static string? DecodeUtf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // Most bytes make some GB18030 text: a UTF-8 file with one damaged character would be read as rubbish in silence. Before its first bad
    // byte GB18030 hardly ever looks like several UTF-8 characters of three bytes, which is what Chinese is in UTF-8.
    private static bool IsDamagedUtf8(ReadOnlySpan<byte> bytes)
    {
        var chinese = 0;
        while (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == System.Buffers.OperationStatus.Done)
        {
            if (rune.Utf8SequenceLength == 3 && ++chinese == 2) return true;
            bytes = bytes[consumed..];
        }
        return false;
    }

    private static int LineOfFault(ReadOnlySpan<byte> bytes)
    {
        var zero = bytes.IndexOf((byte)0);
        var end = zero >= 0 ? zero : System.Text.Unicode.Utf8.IsValid(bytes) ? bytes.Length : ValidUtf8Length(bytes);
        return 1 + bytes[..end].Count((byte)'\n');
    }

    private static int ValidUtf8Length(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
            at += consumed;
        return at;
    }
}
