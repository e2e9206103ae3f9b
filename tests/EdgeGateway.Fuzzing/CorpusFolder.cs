namespace EdgeGateway.Fuzzing;

/// <summary>Where inputs are kept that once were found to matter: every file is played again by the tests.</summary>
internal static class CorpusFolder
{
    /// <summary>The repository: the folder above us with the solution in it.</summary>
    public static string Repository { get; } = Above(AppContext.BaseDirectory);

    /// <summary>The folder of one target; it may be missing.</summary>
    public static string Of(FuzzTarget target) => Path.Combine(Repository, "tests", "EdgeGateway.Fuzzing", "Corpus", target.Name);

    /// <summary>Seeds and kept inputs of a target.</summary>
    public static IEnumerable<byte[]> Inputs(FuzzTarget target) =>
        target.Seeds().Concat(Directory.Exists(Of(target)) ? Directory.GetFiles(Of(target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : []);

    private static string Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "EdgeGateway.sln"))) return at.FullName;
        throw new InvalidOperationException($"{folder} is not inside the repository");
    }
}
