namespace EdgeGateway.Evidence;

/// <summary>Sequence numbers or slots <c>Low … High</c>, both included.</summary>
internal readonly record struct NumberRange(long Low, long High)
{
    public long Count => High - Low + 1;
}
