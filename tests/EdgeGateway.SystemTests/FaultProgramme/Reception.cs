using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>Ledger R after the removal of repeats: one payload per key, and what is wrong with the lines themselves (I2, I3, I4).</summary>
internal sealed class Reception
{
    private readonly Dictionary<(StreamKey Stream, long Sequence), ReceivedPayload> _sequenced = [];
    private readonly Dictionary<ChainHash, byte[]> _lines = [];
    private readonly List<ReceivedPayload> _distinct = [];
    private readonly List<string> _faults = [];

    public Reception(ReceiverLedger receiver, TrustedKeys keys)
    {
        var check = new LineCheck(keys, new PayloadParser(keepsRows: false));
        var verifier = new ChainVerifier(keys);
        foreach (var line in receiver.Lines)
        {
            verifier.Add(line);
            if (check.Judge(line, out var payload, out _) is { } facts) Take(line, payload, facts);
        }
        Verdict = verifier.Finish();
    }

    /// <summary>What the program's own verifier says.</summary>
    public Verdict Verdict { get; }

    /// <summary>Every payload once, in order of arrival; of a fork both sides.</summary>
    public IReadOnlyList<ReceivedPayload> Distinct => _distinct;

    public long Duplicated { get; private set; }

    public long Forked { get; private set; }

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>What stands under a number; null if nothing has come.</summary>
    public ReceivedPayload? At(StreamKey stream, long sequence) => _sequenced.GetValueOrDefault((stream, sequence));

    /// <summary>The sequenced payloads of every stream by this name, by epoch and number.</summary>
    public IEnumerable<ReceivedPayload> InOrder(string stream) => _sequenced.Values.Where(payload => payload.Facts.Stream.Stream == stream)
        .OrderBy(payload => payload.Facts.Stream).ThenBy(payload => payload.Facts.Sequence);

    private void Take(byte[] line, ReadOnlyMemory<byte> payload, PayloadFacts facts)
    {
        if (_lines.TryGetValue(facts.Hash, out var before))
        {
            Duplicated++;
            // Two heads of one moment are one payload, signed twice (docs/wire.md §3); what has a place in the sequence is signed once.
            if (facts.IsSequenced && !before.AsSpan().SequenceEqual(line)) _faults.Add($"I2: {facts.Stream.Stream} {facts.Sequence} came again with other bytes around the same payload");
            return;
        }
        _lines.Add(facts.Hash, line);
        var received = new ReceivedPayload(facts, payload.ToArray(), line);
        _distinct.Add(received);
        if (facts.IsSequenced && !_sequenced.TryAdd((facts.Stream, facts.Sequence), received)) Forked++;
    }
}
