namespace EdgeGateway.Uplink;

/// <summary>Which segment of this gateway's store.</summary>
internal readonly record struct SegmentName(string Stream, long Sequence)
{
    public override string ToString() => $"{Stream} {Sequence}";
}
