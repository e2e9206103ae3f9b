using System.Collections.Concurrent;
using System.Globalization;

namespace EdgeGateway.Outbox;

/// <summary>Files that cannot be used any more are evidence: they are kept under a name that nobody reads, and that nothing else bears, as long as there is room for them.</summary>
internal static class SetAside
{
    private const string Damaged = "damaged";
    private const string LostEpoch = "lost-epoch-";

    /// <summary>Sets aside a file that cannot be read; returns its new name.</summary>
    /// <exception cref="IOException">The disk refuses; the file has its old name.</exception>
    public static string AsDamaged(IStoreFolder folder, string name) => Rename(folder, name, Damaged);

    /// <summary>Sets aside a file of a store that is not continued; returns its new name.</summary>
    /// <exception cref="IOException">The disk refuses; the file has its old name.</exception>
    public static string AsOfEpoch(IStoreFolder folder, string name, long epoch) => Rename(folder, name, string.Create(CultureInfo.InvariantCulture, $"{LostEpoch}{epoch}"));

    /// <summary>Deletes files that were set aside, those of the oldest epochs and numbers first, until the rest has at most <paramref name="maxBytes"/>; says so.</summary>
    public static void Bound(IStoreFolder folder, long maxBytes, ConcurrentQueue<string> news)
    {
        try
        {
            var aside = folder.List().Where(name => AgeOf(name) is not null).OrderBy(AgeOf).ThenBy(name => name, StringComparer.Ordinal).Select(name => (Name: name, Bytes: LengthOf(folder, name))).ToList();
            var bytes = aside.Sum(file => file.Bytes);
            foreach (var file in aside.TakeWhile(_ => bytes > maxBytes))
            {
                folder.Delete(file.Name);
                bytes -= file.Bytes;
                news.Enqueue($"{folder.Path}: {file.Name} ({file.Bytes} bytes, set aside earlier) is deleted: such files may have as much room as outbox.max-size");
            }
        }
        catch (IOException e)
        {
            news.Enqueue($"{folder.Path}: files that were set aside cannot be looked after ({e.Message}); tried again with the next one");
        }
    }

    private static string Rename(IStoreFolder folder, string name, string prefix)
    {
        var taken = folder.List();
        var aside = $"{prefix}-{name}";
        for (var i = 2; taken.Contains(aside); i++) aside = $"{prefix}-{i}-{name}";
        folder.Rename(name, aside);
        return aside;
    }

    /// <summary>The epoch a file is left from, the present one counting as the last; null for a file in use.</summary>
    private static long? AgeOf(string name)
    {
        if (name.StartsWith(Damaged + "-", StringComparison.Ordinal)) return long.MaxValue;
        if (!name.StartsWith(LostEpoch, StringComparison.Ordinal)) return null;
        return long.TryParse(name[LostEpoch.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : 0;
    }

    private static long LengthOf(IStoreFolder folder, string name)
    {
        using var file = folder.Open(name);
        return file.Length;
    }
}
