using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

public sealed class SimulatedRunTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Time_goes_on_while_questions_queue_behind_an_answer_that_a_device_holds_back()
    {
        await using var run = await SimulatedRun.StartAsync(Period, Linger, TestContext.Current.CancellationToken);
        // Longer than any patience, and longer than a period: the next question is on its way before the answer is.
        foreach (var device in run.Devices.Devices) device.Fault = Fault.SlowReply(TimeSpan.FromMilliseconds(1400));
        await run.PassAsync(TimeSpan.FromMinutes(1));
        foreach (var device in run.Devices.Devices) device.Fault = Fault.None;
        await run.PassAsync(TimeSpan.FromMinutes(5));
        var without = run.Gateway.Status.Readings - run.Gateway.Status.GoodReadings;
        await run.PassAsync(TimeSpan.FromMinutes(1));

        Assert.True(without > 0);
        Assert.Equal(without, run.Gateway.Status.Readings - run.Gateway.Status.GoodReadings);
    }

    [Fact]
    public async Task A_run_that_stops_has_delivered_everything_it_has_read()
    {
        await using var run = await SimulatedRun.StartAsync(Period, Linger, TestContext.Current.CancellationToken);
        await run.PassAsync(TimeSpan.FromSeconds(33.4));
        await run.StopAsync();

        var outcome = await run.JudgeAsync(new RoundHistory { Linger = Linger });
        Assert.Empty(outcome.Faults);
        Assert.Equal(outcome.Served, outcome.Delivered);
    }
}
