namespace EdgeGateway.Evidence;

/// <summary>A place in all streams of a gateway at once: an epoch, and in it a sequence number for each stream; 0 for a stream that is not named.</summary>
internal sealed record KeyLimit(long Epoch, IReadOnlyDictionary<string, long> At)
{
    /// <summary>True if the place is after this one.</summary>
    public bool IsBefore(StreamKey stream, long sequence) =>
        stream.Epoch != Epoch ? stream.Epoch > Epoch : sequence > At.GetValueOrDefault(stream.Stream);
}
