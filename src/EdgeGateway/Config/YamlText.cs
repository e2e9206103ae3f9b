using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EdgeGateway.Config;

/// <summary>
/// Reads the YAML that plant files may use: mappings, lists and texts. Built on the parser's events and not on its object model, because
/// that stops at the first duplicate key and follows any depth of nesting until the stack ends.
/// </summary>
internal sealed class YamlText
{
    /// <summary>The deepest nesting; plant files need five.</summary>
    public const int MaxDepth = 16;

    private readonly string _file;
    private readonly FaultList _faults;
    private readonly Parser _events;
    private bool _isTooDeep;

    private YamlText(string file, string text, FaultList faults)
    {
        _file = file;
        _faults = faults;
        _events = new Parser(new StringReader(text));
    }

    /// <summary>The root of the file; null when it is empty or not YAML, which is reported.</summary>
    public static ConfigNode? Read(string file, string text, FaultList faults)
    {
        var reader = new YamlText(file, text, faults);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException e)
        {
            faults.Add(file, Math.Max(1, (int)e.Start.Line), $"text that is not YAML ({ConfigFault.Quote(e.Message)})", "YAML",
                "look here and on the lines around it for a missing colon, quote or space, a tab, or wrong indentation");
            return null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidOperationException)
        {
            // The parser lets these through for escapes and directives out of range.
            faults.Add(file, reader.Line, $"text that is not YAML ({ConfigFault.Quote(e.Message)})", "YAML",
                "look for an odd escape or % directive");
            return null;
        }
    }

    private int Line => Math.Max(1, (int)(_events.Current?.Start.Line ?? 1));

    private ConfigNode? ReadDocument()
    {
        _events.Consume<StreamStart>();
        if (_events.Accept<StreamEnd>(out _)) return Empty();
        _events.Consume<DocumentStart>();
        var root = ReadNode(0);
        if (_isTooDeep) return null;
        _events.Consume<DocumentEnd>();
        if (!_events.Accept<StreamEnd>(out _))
            _faults.Add(_file, Line, "a second document", "one document per file", "remove the line --- and what follows it");
        return root.IsEmpty ? Empty() : root;
    }

    private ConfigNode? Empty()
    {
        _faults.Add(_file, 1, "an empty file", "YAML keys", "write the keys, or remove the file");
        return null;
    }

    private ConfigNode ReadNode(int depth)
    {
        var line = Line;
        if (depth > MaxDepth)
        {
            _isTooDeep = true;
            _faults.Add(_file, line, $"more than {MaxDepth} levels of nesting", "a plain plant file", "compare with the sample site");
        }
        if (_isTooDeep) return ConfigNode.Refused(line);
        if (_events.TryConsume<AnchorAlias>(out var alias))
        {
            _faults.Add(_file, line, $"alias {ConfigFault.Quote("*" + alias.Value)}", "the value itself",
                "write the value out: anchors and aliases are not used here");
            return ConfigNode.Refused(line);
        }
        RefuseAnchorAndTag(line);
        if (_events.TryConsume<Scalar>(out var scalar)) return ConfigNode.OfText(line, scalar.Value);
        return _events.Accept<SequenceStart>(out _) ? ReadList(line, depth) : ReadMapping(line, depth);
    }

    private void RefuseAnchorAndTag(int line)
    {
        if (_events.Current is not NodeEvent node || (node.Anchor.IsEmpty && node.Tag.IsEmpty)) return;
        _faults.Add(_file, line, node.Tag.IsEmpty ? $"anchor {ConfigFault.Quote("&" + node.Anchor.Value)}" : "a tag (!)", "a plain value",
            "remove it");
    }

    private ConfigNode ReadList(int line, int depth)
    {
        _events.Consume<SequenceStart>();
        var items = ImmutableArray.CreateBuilder<ConfigNode>();
        while (!_isTooDeep && !_events.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));
        return ConfigNode.OfList(line, items.ToImmutable());
    }

    private ConfigNode ReadMapping(int line, int depth)
    {
        _events.Consume<MappingStart>();
        var entries = ImmutableArray.CreateBuilder<ConfigEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!_isTooDeep && !_events.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            if (_isTooDeep) break;
            var value = ReadNode(depth + 1);
            if (key.Text is null)
            {
                if (!key.IsRefused) _faults.Add(_file, key.Line, $"{key.Kind} as a key", "a plain key", "write key: value");
            }
            else if (lines.TryGetValue(key.Text, out var first))
            {
                _faults.Add(_file, key.Line, $"key {ConfigFault.Quote(key.Text)} a second time", $"it once (it stands on line {first})",
                    "remove one of the two");
            }
            else
            {
                lines.Add(key.Text, key.Line);
                entries.Add(new ConfigEntry(key.Text, key.Line, value));
            }
        }
        return ConfigNode.OfMapping(line, entries.ToImmutable());
    }
}
