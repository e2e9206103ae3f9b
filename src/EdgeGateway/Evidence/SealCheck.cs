namespace EdgeGateway.Evidence;

/// <summary>Whether a seal's roots belong to what it covers (docs/wire.md §6, <c>seal</c>).</summary>
internal static class SealCheck
{
    /// <summary>What is wrong; null if nothing is. A span of which a payload is absent is not judged.</summary>
    public static string? FaultOf(PayloadFacts payload, SealBody seal, Func<StreamKey, StreamEvidence?> streams)
    {
        if (seal.Root != seal.ExpectedRoot) return "the root is not that of the roots beside it";
        foreach (var span in seal.Spans)
        {
            if (span.Stream == payload.Stream.Stream && span.High >= payload.Sequence) return "it covers itself";
            if (streams(payload.Stream with { Stream = span.Stream }) is { } evidence && LeavesOf(evidence, span) is { } leaves && MerkleTree.RootOf(leaves) != span.Root)
                return $"the root of {span.Stream} {span.Low} to {span.High} is not that of these payloads";
        }
        return null;
    }

    /// <summary>The chain hashes of a span; null if one is absent.</summary>
    public static ChainHash[]? LeavesOf(StreamEvidence evidence, SealedSpan span)
    {
        // A claim costs nothing, and a list of its length might: what is not there is not counted first.
        if (evidence.At(span.Low) is null || evidence.At(span.High) is null || span.High - span.Low >= evidence.Count) return null;
        var leaves = new ChainHash[span.High - span.Low + 1];
        for (var sequence = span.Low; sequence <= span.High; sequence++)
        {
            if (evidence.At(sequence) is not { } payload) return null;
            leaves[sequence - span.Low] = payload.Hash;
        }
        return leaves;
    }
}
