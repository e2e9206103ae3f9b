namespace EdgeGateway.Evidence;

/// <summary>
/// Finds the changes of keys in a whole input before it is judged, because lines may come in any order (docs/wire.md §8). Keeps the lines of such
/// events and of nothing else. Not thread-safe.
/// </summary>
internal sealed class KeyChanges
{
    private readonly PayloadParser _parser = new(keepsRows: false);
    private readonly List<KeyChange> _found = [];
    private readonly HashSet<ChainHash> _known = [];

    /// <summary>Looks at the next line of the input; its bytes are copied if they are wanted.</summary>
    public void Add(ReadOnlyMemory<byte> line)
    {
        if (!Envelope.TryParse(line, out var parts) || parts.Signatures.Count != 2) return;
        foreach (var signature in parts.Signatures)
            if (signature.Typ != "egb1") return;
        if (_parser.TryParse(parts.Payload, out _) is not { Body: KeyBody } facts || _known.Contains(facts.Hash)) return;
        if (!Envelope.TryParse(line.ToArray(), out var kept) || KeyChange.Of(facts, kept) is not { } change) return;
        _known.Add(facts.Hash);
        _found.Add(change);
    }

    /// <summary>Lets <paramref name="keys"/> believe what can be believed: one after the other, always the lowest in (gateway, epoch, sequence), the first in the input among equals.</summary>
    public void TeachTo(TrustedKeys keys)
    {
        var waiting = _found.OrderBy(change => change.Facts.Stream).ThenBy(change => change.Facts.Sequence).ToList();
        while (waiting.FirstOrDefault(keys.TryTake) is { } taken) waiting.Remove(taken);
    }
}
