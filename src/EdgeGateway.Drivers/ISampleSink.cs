namespace EdgeGateway.Drivers;

/// <summary>Where a driver puts what one poll of a group brought. Owned by the line's worker; not thread-safe.</summary>
public interface ISampleSink
{
    /// <summary>
    /// Opens the block for one answer: the points <c>[first, first + count)</c> of the group, in the group's order. The caller fills
    /// every element before it awaits anything or opens the next block. Within one poll each point belongs to exactly one block;
    /// points the driver leaves out are recorded as <see cref="Quality.BadReply"/>.
    /// </summary>
    /// <param name="first">Index of the first point in <see cref="PollGroup.Points"/>.</param>
    /// <param name="count">Number of points, at least 1.</param>
    /// <param name="askedAt"><see cref="TimeProvider.GetTimestamp"/> when the question had been written.</param>
    /// <param name="answeredAt"><see cref="TimeProvider.GetTimestamp"/> when the whole answer was there (or the wait for it ended).</param>
    Span<Sample> Block(int first, int count, long askedAt, long answeredAt);

    /// <summary>Says how often since the poll before the device told that it had dropped values of this group, because its queues were full.</summary>
    void Dropped(long times)
    {
    }
}
