using EdgeGateway.Outbox;
using FsCheck.Xunit;

namespace EdgeGateway.Tests.Outbox;

public sealed class DeliveryCursorTests
{
    [Property]
    public void It_agrees_with_a_plain_set(List<(byte Sequence, byte More, bool Add)> steps)
    {
        var cursor = new DeliveryCursor([]);
        var set = new HashSet<long>();
        foreach (var (low, more, add) in steps)
        {
            var high = Math.Min(255L, low + more % 8);
            var range = Enumerable.Range(low, (int)high - low + 1).Select(n => (long)n).ToList();
            if (add)
            {
                cursor.Add(low, high);
                set.UnionWith(range);
            }
            else
            {
                Assert.Equal(range.Count(set.Contains), cursor.Remove(low, high));
                set.ExceptWith(range);
            }
        }
        for (long i = 0; i <= 256; i++)
        {
            Assert.Equal(set.Contains(i), cursor.Contains(i));
            Assert.Equal(Enumerable.Range((int)i, 300).First(n => !set.Contains(n)), cursor.NextPending(i));
            Assert.Equal(set.Where(n => n >= i).DefaultIfEmpty(long.MaxValue).Min(), cursor.NextDelivered(i));
        }
        Assert.Equal(255 - set.Count(n => n > 0), cursor.Pending(255) + (set.Contains(0) ? 1 : 0));
    }

    [Property]
    public void What_was_saved_comes_back(List<byte> sequences)
    {
        var cursor = new DeliveryCursor([]);
        foreach (var sequence in sequences) cursor.Add(sequence, sequence);
        var again = new DeliveryCursor(cursor.Save());
        for (long i = 0; i <= 256; i++) Assert.Equal(cursor.Contains(i), again.Contains(i));
        Assert.False(cursor.IsDirty);
    }

    [Fact]
    public void It_is_bounded_and_errs_towards_sending_again()
    {
        var cursor = new DeliveryCursor([]);
        for (long i = 0; i < 10_000; i += 2) cursor.Add(i, i);
        Assert.Equal(DeliveryCursor.MaxRanges * 2, cursor.Save().Count());
        Assert.True(cursor.Contains(0));
        Assert.False(cursor.Contains(9_998));
    }

    [Fact]
    public void A_range_joins_its_neighbours()
    {
        var cursor = new DeliveryCursor([1, 3, 7, 9]);
        cursor.Add(4, 6);
        Assert.Equal([1, 9], cursor.Save());
        cursor.Add(2, 20);
        Assert.Equal([1, 20], cursor.Save());
    }
}
