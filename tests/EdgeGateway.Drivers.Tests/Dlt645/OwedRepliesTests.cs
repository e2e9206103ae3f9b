using EdgeGateway.Drivers.Dlt645;

namespace EdgeGateway.Drivers.Tests.Dlt645;

public sealed class OwedRepliesTests
{
    private static readonly MeterAddress Meter = MeterMap.Device().Address;

    private readonly OwedReplies _owed = new(TimeProvider.System);

    [Fact]
    public void A_meter_that_owes_many_replies_is_asked_for_none_but_telling_items()
    {
        for (uint item = 1; item <= OwedReplies.MaxItems; item++)
        {
            Assert.False(_owed.Hides(Meter, Edition.Of2007, 100 + item));
            _owed.Add(Meter, Edition.Of2007, item);
        }

        Assert.True(_owed.Hides(Meter, Edition.Of2007, 999));
        Assert.NotNull(_owed.Telling(Meter, Edition.Of2007));
    }

    [Fact]
    public void Nothing_owed_is_forgotten_for_telling_items_and_these_come_to_an_end()
    {
        for (uint item = 1; item <= OwedReplies.MaxItems; item++) _owed.Add(Meter, Edition.Of2007, item);
        var told = new HashSet<uint>();
        while (_owed.Telling(Meter, Edition.Of2007) is { } telling)
        {
            Assert.True(told.Add(telling));
            _owed.Add(Meter, Edition.Of2007, telling);
        }

        _owed.Add(Meter, Edition.Of2007, told.First());
        for (uint item = 1; item <= OwedReplies.MaxItems; item++) Assert.True(_owed.Hides(Meter, Edition.Of2007, item));
    }

    [Fact]
    public void A_meter_that_has_answered_can_be_asked_for_everything_again()
    {
        for (uint item = 1; item <= OwedReplies.MaxItems; item++) _owed.Add(Meter, Edition.Of2007, item);

        _owed.Close(Meter);

        Assert.False(_owed.Hides(Meter, Edition.Of2007, 1));
        Assert.False(_owed.Hides(Meter, Edition.Of2007, 999));
    }
}
