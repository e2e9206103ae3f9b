using System.Collections.Immutable;
using System.Globalization;
using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>
/// How a site names a node: <c>nsu=URI;s=Tank.Level</c>, <c>ns=2;s=Tank.Level</c>, <c>i=2258</c>, or by the names on the way from the folder Objects,
/// <c>nsu=URI;/Plant/Tank/Level</c>. Two names are the same if they are written the same.
/// </summary>
internal sealed class NodeName : IEquatable<NodeName>
{
    /// <summary>What a name looks like, for messages.</summary>
    public const string Form = "nsu=URI;s=Name (or i=, g=, b=), nsu=URI;/Names/From/Objects, or the same with ns=2";

    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 1000;

    private const int MaxSteps = 32;

    private NodeName(string text, string? namespaceUri, ushort index) => (Text, NamespaceUri, Index) = (text, namespaceUri, index);

    /// <summary>As the site wrote it.</summary>
    public string Text { get; }

    /// <summary>The namespace; null where the site gave its index.</summary>
    public string? NamespaceUri { get; }

    /// <summary>The index that the site gave; it is that of the first session, whatever the server calls the namespace later.</summary>
    public ushort Index { get; }

    /// <summary>The node within the namespace, if <see cref="Path"/> is empty.</summary>
    public NodeId Identifier { get; private init; }

    /// <summary>The names on the way from the folder Objects; one of namespace 0 is marked.</summary>
    public ImmutableArray<(string Name, bool IsStandard)> Path { get; private init; } = [];

    /// <summary>The node of this identifier in this namespace.</summary>
    public static NodeName Of(string namespaceUri, NodeId identifier) => new($"nsu={namespaceUri};{identifier.In(0)}", namespaceUri, 0) { Identifier = identifier };

    /// <summary>Reads a name; null if it is none.</summary>
    public static NodeName? Parse(string text)
    {
        if (text.Length > MaxLength || text.Any(char.IsControl)) return null;
        var (rest, uri, index) = (text, default(string), (ushort)0);
        if (text.StartsWith("nsu=", StringComparison.Ordinal))
        {
            var end = EndOfUri(text);
            if (end <= 4) return null;
            (uri, rest) = (text[4..end], text[(end + 1)..]);
        }
        else if (text.StartsWith("ns=", StringComparison.Ordinal))
        {
            var end = text.IndexOf(';', StringComparison.Ordinal);
            if (end < 0 || !ushort.TryParse(text.AsSpan(3, end - 3), NumberStyles.None, CultureInfo.InvariantCulture, out index)) return null;
            rest = text[(end + 1)..];
        }
        if (rest.StartsWith('/')) return StepsOf(rest[1..]) is { } path ? new NodeName(text, uri, index) { Path = path } : null;
        if (!NodeId.TryParseIdentifier(rest, 0, out var identifier) || (identifier.Kind == NodeIdKind.Text && identifier.Text!.Length == 0)) return null; // a text kind has one
        return new NodeName(text, uri, index) { Identifier = identifier };
    }

    public bool Equals(NodeName? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as NodeName);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    // A URI may hold semicolons: it ends where an identifier or a path begins.
    private static int EndOfUri(string text)
    {
        for (var at = text.IndexOf(';', StringComparison.Ordinal); at >= 0; at = text.IndexOf(';', at + 1))
        {
            var behind = text.AsSpan(at + 1);
            if (behind.StartsWith("/") || (behind.Length > 1 && behind[0] is 'i' or 's' or 'g' or 'b' && behind[1] == '=')) return at;
        }
        return -1;
    }

    // As in the standard's own text form (OPC 10000-4, annex A.2): '&' before a character that is part of a name.
    private static ImmutableArray<(string, bool)>? StepsOf(string text)
    {
        var steps = ImmutableArray.CreateBuilder<(string, bool)>();
        var (name, isEscaped, isStandard) = (new System.Text.StringBuilder(), false, false);
        foreach (var character in text + "/")
        {
            if (isEscaped || character is not ('&' or '/'))
            {
                name.Append(character);
                isEscaped = false;
                if (name.Length == 2 && name[0] == '0' && name[1] == ':' && !isStandard)
                {
                    isStandard = true;
                    name.Clear();
                }
            }
            else if (character == '&') isEscaped = true;
            else
            {
                if (name.Length == 0 || steps.Count == MaxSteps) return null;
                steps.Add((name.ToString(), isStandard));
                name.Clear();
                isStandard = false;
            }
        }
        // What is left over ended with an '&' that has nothing behind it.
        return name.Length > 0 ? null : steps.ToImmutable();
    }
}
