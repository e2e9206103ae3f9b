namespace EdgeGateway.Evidence;

/// <summary>
/// The verifier of docs/wire.md §6: lines in any order, with duplicates; goes on after a fault and reports all. Keeps no lines, only what the
/// checks need of each payload. Not thread-safe.
/// </summary>
internal sealed class ChainVerifier
{
    private readonly LineCheck _check;
    private readonly Dictionary<StreamKey, StreamEvidence> _streams = [];
    private readonly Dictionary<StreamKey, List<Claim>> _claims = [];
    private readonly HashSet<ChainHash> _statements = [];
    private readonly FaultList _faults = new();
    private readonly ClockCheck _clocks;
    private readonly List<PayloadFacts> _seals = [];
    private long _number;
    private long _lines;
    private long _payloads;
    private long _duplicates;
    private long _readings;

    public ChainVerifier(TrustedKeys keys)
    {
        _check = new LineCheck(keys, new PayloadParser(keepsRows: true));
        _clocks = new ClockCheck(_faults);
    }

    /// <summary>
    /// The next line of the input, without its LF; of several files one after the other. Empty lines are handed in as well: they count in the
    /// numbering. The bytes are not kept.
    /// </summary>
    public void Add(ReadOnlyMemory<byte> line)
    {
        _number++;
        if (line.IsEmpty) return;
        _lines++;
        if (_check.Judge(line, out _, out var fault) is not { } facts)
        {
            _faults.AtLine(fault.Code, _number, fault.Text);
            return;
        }
        switch (facts.IsSequenced ? Sequenced(facts) : Statement(facts))
        {
            case Arrival.New:
                _payloads++;
                _readings += facts.Readings;
                _clocks.Take(facts);
                if (facts.Body is SealBody) _seals.Add(facts);
                break;
            case Arrival.Duplicate:
                _duplicates++;
                break;
            default:
                _faults.Add(FaultCode.Fork, facts.Stream, facts.Sequence, "another payload claims the same place in the sequence");
                break;
        }
    }

    /// <summary>Judges everything that was added. Called once, last.</summary>
    public Verdict Finish()
    {
        var streams = new List<VerdictStream>();
        var events = new Dictionary<StreamKey, (PayloadFacts[] InOrder, long Proven)>();
        foreach (var key in _streams.Keys.Union(_claims.Keys).Order())
        {
            var evidence = _streams.GetValueOrDefault(key);
            var inOrder = evidence?.InOrder() ?? [];
            var proven = JudgeClaims(key, evidence, inOrder.Length == 0 ? 0 : inOrder[^1].Sequence);
            if (inOrder.Length == 0) continue;
            if (key.Stream == Streams.Events) events.Add(key, (inOrder, proven));
            new SequenceCheck(key, inOrder, _faults).Judge();
            if (key.Stream == Streams.Readings) new ReadingsCheck(key, inOrder, proven, _faults).Judge();
            streams.Add(new VerdictStream
            {
                Gateway = key.Gateway,
                Epoch = key.Epoch,
                Stream = key.Stream,
                Low = inOrder[0].Sequence,
                High = inOrder[^1].Sequence,
                HashOfHigh = inOrder[^1].Hash.ToString(),
            });
        }
        foreach (var payload in _seals)
            if (SealCheck.FaultOf(payload, (SealBody)payload.Body!, key => _streams.GetValueOrDefault(key)) is { } wrong)
                _faults.Add(FaultCode.Seal, payload.Stream, payload.Sequence, wrong);
        _clocks.Judge(key => events.GetValueOrDefault(key, ([], 0)));
        return new Verdict
        {
            Lines = _lines,
            Payloads = _payloads,
            Duplicates = _duplicates,
            Readings = _readings,
            Faults = _faults.InOrder(),
            Streams = streams,
        };
    }

    private Arrival Sequenced(PayloadFacts facts)
    {
        if (!_streams.TryGetValue(facts.Stream, out var stream)) _streams.Add(facts.Stream, stream = new StreamEvidence());
        return stream.Take(facts);
    }

    private Arrival Statement(PayloadFacts facts)
    {
        // The same hash is the same payload, and so the same key.
        if (!_statements.Add(facts.Hash)) return Arrival.Duplicate;
        if (facts.T1 < facts.T0) _faults.Add(FaultCode.Time, facts.Stream, facts.Sequence, $"a {facts.Kind} ends before it begins");
        if (facts.Kind == "head") Claim(facts.Stream, new Claim(facts.Sequence, facts.Previous));
        if (facts.Body is BirthBody birth)
            foreach (var (stream, sequence, hash) in birth.Streams) Claim(facts.Stream with { Stream = stream }, new Claim(sequence, hash));
        return Arrival.New;
    }

    private void Claim(StreamKey stream, Claim claim)
    {
        if (!_claims.TryGetValue(stream, out var claims)) _claims.Add(stream, claims = []);
        claims.Add(claim);
    }

    /// <summary>The highest sequence number that anything proves.</summary>
    private long JudgeClaims(StreamKey key, StreamEvidence? evidence, long highest)
    {
        var proven = highest;
        foreach (var claim in _claims.GetValueOrDefault(key, []))
        {
            proven = Math.Max(proven, claim.Sequence);
            if (evidence?.At(claim.Sequence) is { } payload && payload.Hash != claim.Hash)
                _faults.Add(FaultCode.Truncated, key, claim.Sequence, "the gateway named another hash for this payload than it has here");
        }
        if (proven > highest)
            _faults.Add(FaultCode.Truncated, key, proven, $"the gateway proved {proven} payloads of this stream, the newest here is {highest}");
        return proven;
    }
}
