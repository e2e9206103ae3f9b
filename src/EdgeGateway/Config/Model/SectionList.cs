namespace EdgeGateway.Config.Model;

/// <summary>Lists of mappings in plant.yaml.</summary>
internal static class SectionList
{
    /// <summary>The most entries of one list.</summary>
    public const int Most = 1000;

    /// <summary>The mappings of the list behind a key; none if it is absent. What is no list, or no mapping, is reported.</summary>
    public static IReadOnlyList<Section> Sections(this Section parent, string key, string what, FaultList faults)
    {
        if (parent.Find(key) is not { Value.IsEmpty: false } entry) return [];
        if (entry.Value.Items is not { } items)
        {
            if (!entry.Value.IsRefused) faults.Add(parent.File, entry.Line, $"{entry.Value.Kind} as {key}", "a list", $"put - before the first key of each {what}");
            return [];
        }
        if (items.Length > Most)
            faults.Add(parent.File, entry.Line, $"{items.Length} entries in {key}", $"at most {Most}", "give the plant a second gateway");
        return [.. items.Take(Most).Select(item => Section.Of(parent.File, item.Line, item, what, faults)).OfType<Section>()];
    }

    /// <summary>The texts of the list behind a key, or the one text there, each with its line. What is neither is reported.</summary>
    public static IReadOnlyList<(string Text, int Line)> Texts(this Section parent, string key, FaultList faults)
    {
        if (parent.Find(key) is not { Value.IsEmpty: false } entry) return [];
        if (entry.Value.Text is { } one) return [(one, entry.Line)];
        var texts = new List<(string, int)>();
        foreach (var item in entry.Value.Items ?? [])
        {
            if (item.Text is { Length: > 0 } text) texts.Add((text, item.Line));
            else if (!item.IsRefused) faults.Add(parent.File, item.Line, $"{(item.IsEmpty ? "nothing" : item.Kind)} in {key}", "a name", "write one name after each -");
        }
        if (entry.Value.Items is null && !entry.Value.IsRefused) faults.Add(parent.File, entry.Line, $"{entry.Value.Kind} as {key}", "a name, or a list of names", $"write {key}: [one, other]");
        return texts;
    }
}
