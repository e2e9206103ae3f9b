using System.Globalization;

namespace EdgeGateway.Commands.Resend;

/// <summary>
/// The number of the newest command, in a file of the platform's: kept before the command is given, so that none is given twice. One file serves all
/// gateways: their numbers only have to rise.
/// </summary>
internal static class CommandCounter
{
    /// <summary>Takes the next number; it is on disk when this returns.</summary>
    /// <exception cref="IOException">The file cannot be read or written, or holds no number; the message says what to do.</exception>
    public static long Next(string path)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using var reader = new StreamReader(file);
        var text = reader.ReadToEnd().Trim();
        var last = 0L;
        if (text.Length > 0 && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out last))
            throw new IOException($"{path} does not hold a number: write the number of the newest command into it (the gateway's events named command carry it as no)");
        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last + 1}\n")));
        file.Flush(flushToDisk: true);
        return last + 1;
    }
}
