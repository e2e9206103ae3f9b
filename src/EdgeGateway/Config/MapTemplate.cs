namespace EdgeGateway.Config;

/// <summary>A device map that comes with the program, to be copied into a site and checked there.</summary>
/// <param name="Name">Without ending: <c>siemens-ga700</c>.</param>
/// <param name="Title">The device, from the map's first line.</param>
/// <param name="Source">Where its addresses come from.</param>
/// <param name="Verified"><c>document</c>: from a document of the manufacturer; <c>typical</c>: as met in the field.</param>
/// <param name="Text">The whole map.</param>
internal sealed record MapTemplate(string Name, string Title, string Source, string Verified, string Text)
{
    private const string Folder = "maps/";

    /// <summary>Every map that comes with the program, by name.</summary>
    public static IReadOnlyList<MapTemplate> All { get; } =
    [
        .. typeof(MapTemplate).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    /// <summary>The groups its points are in.</summary>
    public IReadOnlyList<string> Groups =>
        [.. Text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Skip(1).Select(line => line.Split(',')[1]).Distinct()];

    private static MapTemplate Read(string resource)
    {
        using var stream = typeof(MapTemplate).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"{resource} is not in the program");
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var comments = text.Split('\n').TakeWhile(line => line.StartsWith('#')).Select(line => line[1..].Trim()).ToList();
        return new MapTemplate(resource[Folder.Length..], comments[0], Said(comments, "source: "), Said(comments, "verified: "), text);
    }

    private static string Said(List<string> comments, string key) =>
        comments.FirstOrDefault(comment => comment.StartsWith(key, StringComparison.Ordinal))?[key.Length..] ?? "";
}
