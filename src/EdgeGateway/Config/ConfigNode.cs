using System.Collections.Immutable;

namespace EdgeGateway.Config;

/// <summary>A key of a mapping and what stands behind it.</summary>
internal readonly record struct ConfigEntry(string Key, int Line, ConfigNode Value);

/// <summary>
/// One node of a YAML file, with its line: a text, a list, or a mapping without duplicate keys. A node that was refused is none of these.
/// </summary>
internal sealed class ConfigNode
{
    private ConfigNode(int line) => Line = line;

    /// <summary>Line in the file, from 1.</summary>
    public int Line { get; }

    /// <summary>The text as written, trimmed; null if this is no text.</summary>
    public string? Text { get; private init; }

    /// <summary>The items; null if this is no list.</summary>
    public ImmutableArray<ConfigNode>? Items { get; private init; }

    /// <summary>The entries in their order; null if this is no mapping.</summary>
    public ImmutableArray<ConfigEntry>? Entries { get; private init; }

    /// <summary>True for a key without a value, which counts as absent.</summary>
    public bool IsEmpty => Text is { Length: 0 };

    /// <summary>True if a fault was already reported for this node: what follows from it is not reported again.</summary>
    public bool IsRefused => Text is null && Items is null && Entries is null;

    /// <summary>What this is, for faults.</summary>
    public string Kind => Text is not null ? "text" : Items is not null ? "a list" : "a mapping";

    public static ConfigNode OfText(int line, string text) => new(line) { Text = text.Trim() };
    public static ConfigNode OfList(int line, ImmutableArray<ConfigNode> items) => new(line) { Items = items };
    public static ConfigNode OfMapping(int line, ImmutableArray<ConfigEntry> entries) => new(line) { Entries = entries };
    public static ConfigNode Refused(int line) => new(line);
}
