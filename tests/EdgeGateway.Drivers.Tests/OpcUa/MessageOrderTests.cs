using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using FsCheck.Xunit;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>The order of messages, whatever order they come in.</summary>
public sealed class MessageOrderTests
{
    [Property]
    public void Messages_come_out_once_and_in_order_however_they_come_in(int seed)
    {
        var random = new Random(seed);
        var order = new MessageOrder();
        var taken = new List<uint>();
        var coming = Enumerable.Range(1, 60).SelectMany(number => Enumerable.Repeat((uint)number, random.Next(1, 3))).OrderBy(number => number + random.Next(8)).ToList();
        foreach (var number in coming)
        {
            order.Offer(Message(number));
            while (order.Take() is { } message) taken.Add(message.SequenceNumber);
        }
        Assert.Equal(Enumerable.Range(1, 60).Select(number => (uint)number), taken);
        Assert.False(order.HasHole);
    }

    [Fact]
    public void A_keep_alive_uses_no_number_up()
    {
        var order = new MessageOrder();
        order.Offer(KeepAlive(1));
        Assert.False(order.HasHole);
        order.Offer(Message(1));
        Assert.NotNull(order.Take());
        order.Offer(KeepAlive(2));
        Assert.False(order.HasHole);
        Assert.Equal(2u, order.Expected);
    }

    [Fact]
    public void A_keep_alive_tells_of_a_message_that_is_missing()
    {
        var order = new MessageOrder();
        order.Offer(KeepAlive(3));
        Assert.True(order.HasHole);
        order.GiveUpExpected();
        order.GiveUpExpected();
        Assert.False(order.HasHole);
        Assert.Equal(3u, order.Expected);
    }

    [Fact]
    public void What_is_held_has_a_bound_and_the_message_that_is_due_always_fits()
    {
        var order = new MessageOrder();
        for (var number = 2u; number < 500; number++) order.Offer(Message(number));
        Assert.True(order.IsFull);
        Assert.False(order.Offer(Message(500)));
        Assert.True(order.Offer(Message(1)));
        var taken = 0;
        while (order.Take() is not null) taken++;
        Assert.Equal(MessageOrder.MaxHeld + 1, taken);
    }

    [Theory]
    [InlineData(1001u, false)]
    [InlineData(1002u, true)]
    [InlineData(2_000_000_000u, true)]
    [InlineData(3_000_000_000u, true)]
    [InlineData(uint.MaxValue, true)] // before the first one
    public void A_number_far_from_the_one_that_is_due_is_a_jump(uint number, bool isJump) => Assert.Equal(isJump, new MessageOrder().IsJump(Message(number)));

    [Fact]
    public void Numbers_that_begin_again_shortly_behind_are_a_jump_and_no_repeats()
    {
        var order = new MessageOrder();
        for (var number = 1u; number <= 400; number++)
        {
            order.Offer(Message(number));
            Assert.NotNull(order.Take());
        }
        Assert.True(order.IsJump(Message(1)));
        Assert.True(order.IsJump(Message(400)));
        Assert.False(order.IsJump(KeepAlive(400)));
    }

    [Fact]
    public void A_message_that_was_asked_for_again_may_come_by_itself_once()
    {
        var order = new MessageOrder();
        order.OfferAgain(Message(1));
        Assert.NotNull(order.Take());
        Assert.False(order.IsJump(Message(1)));
        Assert.False(order.Offer(Message(1)));
        Assert.True(order.IsJump(Message(1)));
    }

    [Fact]
    public void A_message_that_was_given_up_may_still_come()
    {
        var order = new MessageOrder();
        order.Offer(Message(2));
        order.GiveUpExpected();
        Assert.NotNull(order.Take());
        Assert.False(order.IsJump(Message(1)));
    }

    [Fact]
    public void Counting_anew_forgets_what_was_held()
    {
        var order = new MessageOrder();
        order.Offer(Message(5));
        order.StartAt(Message(9000));
        Assert.False(order.HasHole);
        order.Offer(Message(9000));
        Assert.Equal(9000u, order.Take()?.SequenceNumber);
        Assert.Null(order.Take());
    }

    [Fact]
    public void Numbers_go_from_the_top_to_one() => Assert.Equal(1u, MessageOrder.Next(uint.MaxValue));

    private static NotificationMessage Message(uint number) => new(number, default, [], null, IsKeepAlive: false);

    private static NotificationMessage KeepAlive(uint number) => new(number, default, [], null, IsKeepAlive: true);
}
