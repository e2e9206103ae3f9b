using EdgeGateway.Drivers.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.Modbus;

public sealed class TransactionIdsTests
{
    [Fact]
    public void Every_id_comes_before_one_comes_again()
    {
        var ids = new TransactionIds(new FakeTimeProvider());

        var round = Enumerable.Range(0, 65_536).Select(_ => ids.Next()).ToList();

        Assert.Equal(65_536, round.Distinct().Count());
        Assert.Equal(round[0], ids.Next());
    }

    [Fact]
    public void An_id_that_was_given_up_is_passed_over_for_two_minutes()
    {
        var time = new FakeTimeProvider();
        var ids = new TransactionIds(time);
        var lost = ids.Next();
        ids.GiveUp(lost);

        Assert.DoesNotContain(lost, Enumerable.Range(0, 3 * 65_536).Select(_ => ids.Next()));
        time.Advance(TransactionIds.Lapse);
        Assert.Contains(lost, Enumerable.Range(0, 65_536).Select(_ => ids.Next()));
    }

    [Fact]
    public void As_many_as_are_kept_are_passed_over()
    {
        var ids = new TransactionIds(new FakeTimeProvider());
        var lost = Enumerable.Range(0, TransactionIds.MaxGivenUp + 1).Select(_ => ids.Next()).ToList();
        lost.ForEach(ids.GiveUp);

        var others = Enumerable.Range(0, 70_000).Select(_ => ids.Next()).ToHashSet();

        Assert.Equal([lost[0]], lost.Where(others.Contains));
    }
}
