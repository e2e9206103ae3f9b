using System.Collections.Immutable;

namespace EdgeGateway.Drivers.Dlt645;

/// <summary>
/// Which questions bring the points of a group. Pure: the same points and marks always give the same questions. Members of one block are asked for together,
/// because at 2400 baud most of a question is waiting; a value is never put together from two answers.
/// </summary>
internal static class ReadPlan
{
    /// <summary>The plan of a meter about which nothing has been learned yet.</summary>
    public static ImmutableArray<ReadQuestion> Make(ImmutableArray<DevicePoint> points, MeterDevice device) => Make(points, device, [], new HashSet<uint>());

    /// <summary>The plan around what a meter has refused.</summary>
    /// <param name="points">In the order of <see cref="Dlt645Type.Compare"/>.</param>
    /// <param name="device">Which edition, and whether blocks may be asked for.</param>
    /// <param name="leftOut">True at the index of a point that is not asked; empty for none.</param>
    /// <param name="brokenBlocks">Blocks whose members are asked for one by one.</param>
    public static ImmutableArray<ReadQuestion> Make(
        ImmutableArray<DevicePoint> points, MeterDevice device, ReadOnlySpan<bool> leftOut, IReadOnlySet<uint> brokenBlocks)
    {
        var plan = ImmutableArray.CreateBuilder<ReadQuestion>();
        for (var first = 0; first < points.Length;)
        {
            if (IsLeftOut(leftOut, first))
            {
                first++;
                continue;
            }
            var item = ItemAt(points, first, device);
            var block = BlockFor(item);
            var isBlockAllowed = block is not null && (device.Blocks || ReferenceEquals(block, item)) && !brokenBlocks.Contains(block.Identifier);
            var (end, places) = Run(points, first, device, leftOut, other =>
                isBlockAllowed && (device.Blocks || ReferenceEquals(other, block)) ? ReferenceEquals(BlockFor(other), block) : IsSame(other, item));
            plan.Add(new ReadQuestion(first, end - first, isBlockAllowed && (places > 1 || ReferenceEquals(block, item)) ? block! : item)); // not null: allowed
            first = end;
        }
        return plan.ToImmutable();
    }

    /// <summary>The questions for the members of a block one by one; points that name the block itself have none.</summary>
    public static IEnumerable<ReadQuestion> Singles(ImmutableArray<DevicePoint> points, MeterDevice device, ReadQuestion block)
    {
        for (var first = block.First; first < block.First + block.Count;)
        {
            var item = ItemAt(points, first, device);
            var end = first + 1;
            while (end < block.First + block.Count && IsSame(ItemAt(points, end, device), item)) end++;
            yield return new ReadQuestion(first, end - first, item);
            first = end;
        }
    }

    private static (int End, int Places) Run(ImmutableArray<DevicePoint> points, int first, MeterDevice device, ReadOnlySpan<bool> leftOut, Func<DataItem, bool> belongs)
    {
        var (end, places) = (first + 1, 1);
        while (end < points.Length && !IsLeftOut(leftOut, end) && belongs(ItemAt(points, end, device)))
        {
            if (!IsSame(ItemAt(points, end, device), ItemAt(points, end - 1, device))) places++;
            end++;
        }
        return (end, places);
    }

    // A block that is asked for by name, and the block an item can come in, are the same question.
    private static DataItem? BlockFor(DataItem item) => ItemTable.BlockOf(item) ?? (item.Name.Length > 0 && item.Parts.Length > 1 ? item : null);

    private static DataItem ItemAt(ImmutableArray<DevicePoint> points, int index, MeterDevice device) => ((MeterPoint)points[index]).ItemOn(device);

    private static bool IsSame(DataItem left, DataItem right) => left.Edition == right.Edition && left.Identifier == right.Identifier;

    private static bool IsLeftOut(ReadOnlySpan<bool> leftOut, int index) => !leftOut.IsEmpty && leftOut[index];
}
