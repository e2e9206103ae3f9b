using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Field;

/// <summary>Faults of meters in any order, one running into the other.</summary>
[Collection(nameof(MeterField))] // one behind the other: they measure patience
public sealed class MeterFaultWalkTests(ITestOutputHelper output)
{
    private const int Polls = 45;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    public async Task Faults_of_a_meter_that_change_with_every_poll_bring_no_wrong_value(bool isPort, int seed)
    {
        Assert.SkipUnless(!isPort || OperatingSystem.IsLinux(), "pseudo-terminals are of Linux");
        await using var field = MeterField.On(isPort);
        var random = new Random(seed);
        var story = new List<string>();
        for (var poll = 0; poll < Polls; poll++)
        {
            // Every third poll is healthy, with the late replies of those before still on their way.
            var (name, fault) = poll % 3 == 2 ? ("well", Fault.None) : MeterFaults.All[random.Next(MeterFaults.All.Length)];
            field.Meter.Fault = fault;
            await field.Poll();
            story.Add(name);
            Assert.True(field.Wrong == 0, $"seed {seed}, wrong after {string.Join(", ", story)}");
        }
        field.Meter.Fault = Fault.None;
        await field.PluggedIn();
        var polls = 0;
        while (!await field.Poll() && polls < 30) polls++;
        Assert.True(polls < 30, $"seed {seed}: never good again ({field.Trouble}) after {string.Join(", ", story)}");
        Assert.Equal(0, field.Wrong);
        output.WriteLine($"{field.Values} values in {story.Count} polls, {polls} polls until good");
    }
}
