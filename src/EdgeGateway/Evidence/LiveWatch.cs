namespace EdgeGateway.Evidence;

/// <summary>
/// What an always-on receiver knows: judges each line as it comes and follows each stream, in bounded memory. It does not replace the verifier,
/// which judges plans, slots and times of what was kept. Not thread-safe.
/// </summary>
internal sealed class LiveWatch(TrustedKeys keys)
{
    /// <summary>Only the holder of a trusted key can make streams; even so there is an end to them.</summary>
    public const int MaxStreams = 1_000;

    private readonly LineCheck _check = new(keys, new PayloadParser(keepsRows: false), learns: true);
    private readonly Dictionary<StreamKey, LiveStream> _streams = [];
    private long _payloads;
    private long _duplicates;
    private long _forks;
    private long _refused;
    private long _statements;
    private long _readings;
    private long _readingsNotGood;

    /// <summary>Judges one line, without its LF.</summary>
    public LiveResult Add(ReadOnlyMemory<byte> line)
    {
        if (_check.Judge(line, out var payload, out var fault) is not { } facts) return Refuse(fault);
        if (!facts.IsSequenced)
        {
            _statements++;
            TakeClaims(facts);
            return new LiveResult(LiveVerdict.State, facts, payload, null);
        }
        if (StreamOf(facts.Stream) is not { } stream)
            return Refuse(new LineFault(FaultCode.Key, $"more than {MaxStreams} streams: this receiver follows no further one"));
        switch (stream.Take(facts))
        {
            case Arrival.New:
                _payloads++;
                _readings += facts.Readings;
                if (facts.Body is DataBody data) _readingsNotGood += data.NotGood;
                return new LiveResult(LiveVerdict.New, facts, payload, null);
            case Arrival.Duplicate:
                _duplicates++;
                return new LiveResult(LiveVerdict.Duplicate, facts, payload, null);
            default:
                _forks++;
                return new LiveResult(LiveVerdict.Fork, facts, payload, null);
        }
    }

    public LiveStatus Snapshot() => new()
    {
        Streams = [.. _streams.Values.Select(stream => stream.Status()).OrderBy(status => status.Stream)],
        Payloads = _payloads,
        Duplicates = _duplicates,
        Forks = _forks,
        Refused = _refused,
        Statements = _statements,
        Readings = _readings,
        ReadingsNotGood = _readingsNotGood,
    };

    private LiveResult Refuse(LineFault fault)
    {
        _refused++;
        return new LiveResult(LiveVerdict.Refused, null, default, fault);
    }

    private void TakeClaims(PayloadFacts facts)
    {
        if (facts.Kind == "head") StreamOf(facts.Stream)?.Take(new Claim(facts.Sequence, facts.Previous));
        if (facts.Body is not BirthBody birth) return;
        foreach (var (name, sequence, hash) in birth.Streams) StreamOf(facts.Stream with { Stream = name })?.Take(new Claim(sequence, hash));
    }

    private LiveStream? StreamOf(StreamKey key)
    {
        if (_streams.TryGetValue(key, out var stream)) return stream;
        if (_streams.Count == MaxStreams) return null;
        stream = new LiveStream(key);
        _streams.Add(key, stream);
        return stream;
    }
}
