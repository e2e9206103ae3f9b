using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Field;

/// <summary>Faults in any order, one running into the other.</summary>
public sealed class FaultWalkTests(ITestOutputHelper output)
{
    private const int Polls = 45;

    [Theory]
    [InlineData(FieldTransport.ModbusTcp, 1)]
    [InlineData(FieldTransport.ModbusTcpInWindow, 5)]
    [InlineData(FieldTransport.RtuOverTcp, 2)]
    [InlineData(FieldTransport.AsciiOverTcp, 3)]
    [InlineData(FieldTransport.RtuOverPort, 4)]
    public async Task Faults_that_change_with_every_poll_bring_no_wrong_value(FieldTransport transport, int seed)
    {
        Assert.SkipUnless(transport != FieldTransport.RtuOverPort || OperatingSystem.IsLinux(), "pseudo-terminals are of Linux");
        await using var bench = FieldBench.On(transport);
        var faults = FieldFaults.On(transport);
        var random = new Random(seed);
        var story = new List<string>();
        for (var poll = 0; poll < Polls; poll++)
        {
            // Every third poll is healthy, with the late answers of those before still on their way.
            var (name, fault) = poll % 3 == 2 ? ("well", Fault.None) : faults[random.Next(faults.Length)];
            bench.Device.Fault = fault;
            await bench.Poll();
            story.Add(name);
            Assert.True(bench.Wrong == 0, $"seed {seed}, wrong after {string.Join(", ", story)}");
        }
        bench.Device.Fault = Fault.None;
        await bench.PluggedIn();
        var polls = 0;
        while (!await bench.Poll() && polls < 30) polls++;
        Assert.True(polls < 30, $"seed {seed}: never good again ({bench.Trouble}) after {string.Join(", ", story)}");
        Assert.Equal(0, bench.Wrong);
        output.WriteLine($"{transport}: {bench.Values} values in {story.Count} polls, {polls} polls until good");
    }
}
