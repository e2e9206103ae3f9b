namespace EdgeGateway.Evidence;

/// <summary>The sequenced payloads of one stream, as far as they have been read: on a fork the first in input order stands.</summary>
internal sealed class StreamEvidence
{
    private readonly Dictionary<long, PayloadFacts> _standing = [];
    private HashSet<ChainHash>? _forks;

    public Arrival Take(PayloadFacts facts)
    {
        if (_standing.TryAdd(facts.Sequence, facts)) return Arrival.New;
        if (_standing[facts.Sequence].Hash == facts.Hash) return Arrival.Duplicate;
        _forks ??= [];
        return _forks.Add(facts.Hash) ? Arrival.Fork : Arrival.Duplicate;
    }

    /// <summary>Payloads that stand.</summary>
    public long Count => _standing.Count;

    public PayloadFacts? At(long sequence) => _standing.GetValueOrDefault(sequence);

    /// <summary>What stands, by sequence.</summary>
    public PayloadFacts[] InOrder()
    {
        var all = _standing.Values.ToArray();
        Array.Sort(all, static (a, b) => a.Sequence.CompareTo(b.Sequence));
        return all;
    }
}
