using EdgeGateway.Evidence;
using FsCheck.Xunit;

namespace EdgeGateway.Tests.Evidence;

public class CoverageTests
{
    [Property(MaxTest = 2000)]
    public void Slots_are_covered_as_counting_each_signal_says(int seed)
    {
        var random = new Random(seed);
        const int width = 4;
        var isMostlyInOrder = random.Next(2) == 0;
        var last = random.Next(2) == 0 ? random.Next(12) : (long?)null;
        var coverage = new SlotCoverage(width, last);
        var counts = new int[12, width];
        for (var rows = random.Next(40); rows > 0; rows--)
        {
            var slot = isMostlyInOrder && random.Next(10) > 0 ? Math.Max(0, 11 - (rows / 3)) : random.Next(12);
            var first = random.Next(3) == 0 ? random.Next(width) : 0;
            var count = random.Next(3) == 0 ? random.Next(1, width - first + 1) : width - first;
            coverage.Add(new DataRow(slot, 0, (ushort)first, (ushort)count));
            for (var i = 0; i < count; i++) counts[slot, first + i]++;
        }
        coverage.Close();

        long? First(Func<int, bool> holds) => Enumerable.Range(0, 12).Where(holds).Select(slot => (long?)slot).FirstOrDefault();
        bool Any(int slot, Func<int, bool> holds) => Enumerable.Range(0, width).Any(signal => holds(counts[slot, signal]));
        Assert.Equal(First(slot => Any(slot, n => n > 1)), coverage.FirstTwice);
        Assert.Equal(last is null ? null : First(slot => slot > last && Any(slot, n => n > 0)), coverage.FirstAfterStop);
        for (var from = 0; from < 12; from++)
            for (var to = from - 1; to < 12; to++)
                Assert.Equal(First(slot => slot >= from && slot <= to && Any(slot, n => n == 0)), coverage.FirstUncovered(new NumberRange(from, to)));
    }

    [Property(MaxTest = 2000)]
    public void Ranges_hold_the_numbers_that_a_set_would(int seed)
    {
        var random = new Random(seed);
        var ranges = new NumberRanges();
        var set = new HashSet<long>();
        for (var steps = random.Next(30); steps > 0; steps--)
        {
            var low = random.Next(1, 40);
            var range = new NumberRange(low, low + random.Next(6));
            if (random.Next(3) == 0)
            {
                Assert.Equal(set.Remove(low), ranges.Remove(low));
                ranges.RemoveAll(range);
                set.RemoveWhere(number => number >= range.Low && number <= range.High);
                continue;
            }
            ranges.Add(range);
            for (var number = range.Low; number <= range.High; number++) set.Add(number);
        }
        Assert.Equal(set.Order(), Numbers(ranges.Ranges));
        Assert.Equal(Enumerable.Range(5, 36).Select(i => (long)i).Where(i => !set.Contains(i)), Numbers(ranges.Without(new NumberRange(5, 40))));
        for (var i = 1; i < ranges.Ranges.Count; i++) Assert.True(ranges.Ranges[i].Low > ranges.Ranges[i - 1].High + 1);
        for (var i = 0; i < 50; i++) Assert.Equal(set.Contains(i), ranges.TryFind(i, out _));
    }

    private static IEnumerable<long> Numbers(IEnumerable<NumberRange> ranges) =>
        ranges.SelectMany(range => Enumerable.Range(0, (int)range.Count).Select(i => range.Low + i));
}
