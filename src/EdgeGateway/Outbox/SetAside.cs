namespace EdgeGateway.Outbox;

/// <summary>Files that cannot be used any more are evidence: they are kept under a name that nobody reads, and that nothing else bears.</summary>
internal static class SetAside
{
    /// <summary>Renames a file to <c>prefix-name</c>, or <c>prefix-2-name</c> and so on; returns the new name.</summary>
    /// <exception cref="IOException">The disk refuses; the file has its old name.</exception>
    public static string Rename(IStoreFolder folder, string name, string prefix)
    {
        var taken = folder.List();
        var aside = $"{prefix}-{name}";
        for (var i = 2; taken.Contains(aside); i++) aside = $"{prefix}-{i}-{name}";
        folder.Rename(name, aside);
        return aside;
    }
}
