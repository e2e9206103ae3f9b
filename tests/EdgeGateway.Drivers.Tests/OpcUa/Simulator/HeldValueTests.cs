using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.OpcUa.Simulator;

/// <summary>What a subscription has told holds until it tells something else; what was asked for holds for its own question.</summary>
public sealed class HeldValueTests
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(500);

    [Fact]
    public void A_value_that_was_told_may_be_delivered_again_until_another_is_told()
    {
        var check = CheckOf(isHeld: true);
        Assert.Null(check.Take("d", "x", 1000, "1", 0));
        Assert.Null(check.Take("d", "x", 1400, "1", 0));
        Assert.Null(check.Take("d", "x", 2000, "2", 0));
        Assert.NotNull(check.Take("d", "x", 2400, "1", 0));
    }

    [Fact]
    public void A_value_that_was_told_is_not_delivered_long_after()
    {
        var check = CheckOf(isHeld: true);
        Assert.NotNull(check.Take("d", "x", 1600, "1", 0));
    }

    [Fact]
    public void A_value_that_was_asked_for_is_delivered_once()
    {
        var check = CheckOf(isHeld: false);
        Assert.Null(check.Take("d", "x", 1000, "1", 0));
        Assert.NotNull(check.Take("d", "x", 1400, "1", 0));
    }

    private static LedgerCheck CheckOf(bool isHeld)
    {
        var ledger = new ServedLedger();
        var track = ledger.Open("d", new SimulatedPoint { Name = "x", Area = PointArea.Holding, Address = 0, Type = PointType.Int32, Waveform = Waveform.Constant(1), IsHeld = isHeld });
        ledger.Append([track.Entry(1, "", 0)], 1000, FaultKind.None);
        ledger.Append([track.Entry(2, "", 0)], 2000, FaultKind.None);
        return new LedgerCheck(ledger, Tolerance);
    }
}
