namespace EdgeGateway.Testing;

/// <summary>Where the sources of these tests are.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar)))
            if (File.Exists(Path.Combine(folder, "EdgeGateway.sln"))) return folder;
        throw new InvalidOperationException($"no EdgeGateway.sln above {AppContext.BaseDirectory}");
    }
}
