namespace EdgeGateway.Evidence;

/// <summary>A <c>seal</c> (docs/wire.md §4.7): one tree over everything that was sealed since the one before.</summary>
/// <param name="Spans">What it covers, stream by stream.</param>
/// <param name="AuditHead">Head of the audit log; null where there is none.</param>
/// <param name="Root">Root over the roots of the spans, and the audit head behind them.</param>
internal sealed record SealBody(IReadOnlyList<SealedSpan> Spans, ChainHash? AuditHead, ChainHash Root) : IPayloadBody
{
    /// <summary>The root that belongs to the spans and the audit head.</summary>
    public ChainHash ExpectedRoot => RootOf(Spans, AuditHead);

    public static ChainHash RootOf(IReadOnlyList<SealedSpan> spans, ChainHash? auditHead)
    {
        var leaves = spans.Select(span => span.Root);
        return MerkleTree.RootOf(auditHead is { } head ? leaves.Append(head) : leaves);
    }
}
