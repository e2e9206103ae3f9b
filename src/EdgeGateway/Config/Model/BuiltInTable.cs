namespace EdgeGateway.Config.Model;

/// <summary>A table that comes with the program: commas, no quotes, <c>#</c> starts a remark, the first row names the columns.</summary>
internal static class BuiltInTable
{
    /// <summary>Its rows, without the names of the columns.</summary>
    /// <param name="resource">The table's name in the program.</param>
    public static IEnumerable<string[]> Rows(string resource)
    {
        using var stream = typeof(BuiltInTable).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"{resource} is not in the program");
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n').Where(line => line.Length > 0 && line[0] != '#').Skip(1).Select(line => line.Split(','))];
    }
}
