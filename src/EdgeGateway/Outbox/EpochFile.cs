using System.Globalization;
using System.Text;

namespace EdgeGateway.Outbox;

/// <summary>
/// The newest epoch of this gateway, in a file of its own beside the store, so that a store that was lost or moved away is never mistaken for its successor.
/// </summary>
internal sealed class EpochFile(IStoreFolder folder)
{
    public const string Name = "epoch";

    private const int LongestText = 20;

    /// <summary>The epoch in the file; null if there is no such file.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="OutboxException">The file holds something else.</exception>
    public long? Read()
    {
        if (!folder.List().Contains(Name)) return null;
        using var file = folder.Open(Name);
        Span<byte> text = stackalloc byte[LongestText];
        text = text[..file.Read(text, 0)];
        return long.TryParse(text.Trim("\r\n "u8), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) && epoch > 0
            ? epoch
            // To begin at 1 again would use sequence numbers twice, which the receiver takes for a forgery.
            : throw new OutboxException($"{Path.Combine(folder.Path, Name)} does not hold a number: write the newest epoch the receiver knows of this gateway into it (at least 1), then start again");
    }

    /// <summary>Returns when the epoch is on disk.</summary>
    /// <exception cref="IOException">The disk refuses; the file is as it was.</exception>
    public void Write(long epoch)
    {
        const string unfinished = Name + ".new";
        using (var file = folder.Open(unfinished))
        {
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes(epoch.ToString(CultureInfo.InvariantCulture)), 0);
            file.FlushToDisk();
        }
        folder.Rename(unfinished, Name);
    }
}
