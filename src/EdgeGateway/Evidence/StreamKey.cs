namespace EdgeGateway.Evidence;

/// <summary>What a sequence counts in (docs/wire.md §3).</summary>
internal readonly record struct StreamKey(string Gateway, long Epoch, string Stream) : IComparable<StreamKey>
{
    public int CompareTo(StreamKey other)
    {
        var order = string.CompareOrdinal(Gateway, other.Gateway);
        if (order == 0) order = Epoch.CompareTo(other.Epoch);
        return order == 0 ? string.CompareOrdinal(Stream, other.Stream) : order;
    }
}
