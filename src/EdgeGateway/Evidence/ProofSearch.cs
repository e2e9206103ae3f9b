namespace EdgeGateway.Evidence;

/// <summary>Finds, among lines, the seal that covers one payload, and makes the proof that it does. Lines that do not verify count as absent. Not thread-safe.</summary>
internal sealed class ProofSearch(TrustedKeys keys, string stream, long sequence)
{
    private readonly LineCheck _check = new(keys, new PayloadParser(keepsRows: false));
    private readonly Dictionary<StreamKey, StreamEvidence> _streams = [];
    private readonly List<(StreamKey Key, SealedSpan Span, byte[] Line)> _seals = [];

    /// <summary>The next line, without its LF.</summary>
    public void Add(ReadOnlyMemory<byte> line)
    {
        if (line.IsEmpty || _check.Judge(line, out _, out _) is not { IsSequenced: true } facts) return;
        if (facts.Stream.Stream == stream)
        {
            if (!_streams.TryGetValue(facts.Stream, out var evidence)) _streams.Add(facts.Stream, evidence = new StreamEvidence());
            evidence.Take(facts);
        }
        if (facts.Body is SealBody seal && seal.Spans.FirstOrDefault(span => span.Stream == stream && span.Low <= sequence && sequence <= span.High) is { } covering)
            _seals.Add((facts.Stream with { Stream = stream }, covering, line.ToArray()));
    }

    /// <summary>The proofs that could be made, one for each gateway and epoch at most; <paramref name="why"/> says why there is none.</summary>
    public IReadOnlyList<InclusionProof> Finish(out string why)
    {
        var proofs = new List<InclusionProof>();
        why = _seals.Count == 0 ? $"no seal here covers {stream} {sequence}: seals come once an hour, at a start and at a stop, in the stream {Streams.Events}" : "";
        foreach (var (key, span, line) in _seals.DistinctBy(seal => seal.Key))
        {
            if (!_streams.TryGetValue(key, out var evidence) || SealCheck.LeavesOf(evidence, span) is not { } leaves)
            {
                why = $"the seal covers {stream} {span.Low} to {span.High}, and not all of these are here: give the files that have them as well";
                continue;
            }
            proofs.Add(new InclusionProof
            {
                Stream = stream,
                Sequence = sequence,
                Hash = leaves[sequence - span.Low].ToString(),
                Path = [.. MerkleTree.PathOf(leaves, (int)(sequence - span.Low)).Select(node => node.ToString())],
                Seal = System.Text.Encoding.UTF8.GetString(line),
            });
        }
        return proofs;
    }
}
