using EdgeGateway.Commands;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.PlantSimulator;
using EdgeGateway.Tests.Config;

namespace EdgeGateway.Tests.Commands;

public sealed class ScanTests
{
    [Theory]
    [InlineData("modbus-tcp", "tcp://127.0.0.1:1")]
    [InlineData("modbus-rtu", "tcp://127.0.0.1:1")]
    [InlineData("modbus-ascii", "tcp://127.0.0.1:1")]
    [InlineData("modbus-rtu", "serial:///dev/ttyS9?baud=115200")]
    public async Task Every_device_of_a_line_is_found_and_nobody_else(string protocol, string connect)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || connect.StartsWith("tcp", StringComparison.Ordinal), "serial ports are for Linux");
        await using var plant = await Start(protocol, connect);

        var (exitCode, text, _) = await Scan(plant, new ScanBounds("1", "12", TimeSpan.FromMilliseconds(100), 1000));

        Assert.Equal(ExitCode.Clean, exitCode);
        Assert.Equal(["2", "9"], text.Split('\n').Where(line => line.Contains("ms  ", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[0]));
        Assert.Contains("holding register 0 is 0x", text, StringComparison.Ordinal);
        Assert.Contains("2 found with 12 questions in ", text, StringComparison.Ordinal);
        Assert.Equal(0, plant.Twin.WriteRequests);
    }

    [Fact]
    public async Task A_refusal_proves_a_device()
    {
        await using var plant = await Start("modbus-rtu", "tcp://127.0.0.1:1");
        plant.Twin.Lines[0].Devices[0].Fault = Fault.Exception(2);

        var (_, text, _) = await Scan(plant, new ScanBounds("2", "2", TimeSpan.FromMilliseconds(500), 1000));

        Assert.Contains("refuses holding register 0 (exception 02)", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_found_before_the_bound_is_kept_and_the_end_is_said()
    {
        await using var plant = await Start("modbus-tcp", "tcp://127.0.0.1:1");

        var (exitCode, text, _) = await Scan(plant, new ScanBounds(null, null, TimeSpan.FromMilliseconds(100), 4));

        Assert.Equal(ExitCode.Clean, exitCode);
        Assert.Contains("1 found with 4 questions in ", text, StringComparison.Ordinal);
        Assert.Contains("ended by --max-questions", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_that_is_stopped_keeps_what_it_found()
    {
        await using var plant = await Start("modbus-rtu", "tcp://127.0.0.1:1");
        using var stop = new CancellationTokenSource();
        var output = new LineWatch("holding register 0", stop);
        var line = plant.Plant.Lines[0];

        // From unit 3 on nobody answers, and the patience is long: only the stop ends it.
        var exitCode = await new ScanRun(line.Connect, line.Protocol.CreateScan(TimeProvider.System)!, new ScanBounds("2", "8", TimeSpan.FromMinutes(1), 1000), TimeProvider.System, output, new StringWriter())
            .RunAsync(stop.Token);

        Assert.Equal(ExitCode.Clean, exitCode);
        Assert.Contains("1 found with ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("stopped, the rest was not asked", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "5", "unit 0"), InlineData("300", null, "unit 300"), InlineData("x", null, "unit x"), InlineData("9", "5", "above the last")]
    public async Task Addresses_that_cannot_be_are_refused_before_anything_is_asked(string? first, string? last, string fault)
    {
        await using var plant = await Start("modbus-rtu", "tcp://127.0.0.1:1");

        var (exitCode, _, errors) = await Scan(plant, new ScanBounds(first, last, TimeSpan.FromMilliseconds(100), 1000));

        Assert.Equal(ExitCode.CannotStart, exitCode);
        Assert.Contains(fault, errors, StringComparison.Ordinal);
        Assert.Equal(0, plant.Twin.Lines[0].Accepted);
    }

    private static async Task<SampleTwin> Start(string protocol, string connect)
    {
        using var site = new SiteOnDisk();
        site.Write("lines/a.yaml", $"line: a\nconnect: {connect}\nprotocol: {protocol}\ndevices:\n"
            + "  - device: d\n    unit: 2\n    map: m.csv\n    groups:\n      fast: 1s\n"
            + "  - device: e\n    unit: 9\n    map: m.csv\n    groups:\n      fast: 1s\n");
        return await SampleTwin.Start(site.Plant());
    }

    private static async Task<(int ExitCode, string Text, string Errors)> Scan(SampleTwin plant, ScanBounds bounds)
    {
        var (output, errors) = (new StringWriter { NewLine = "\n" }, new StringWriter());
        var line = plant.Plant.Lines[0];
        var scan = line.Protocol.CreateScan(TimeProvider.System)!;
        var exitCode = await new ScanRun(line.Connect, scan, bounds, TimeProvider.System, output, errors).RunAsync(CancellationToken.None);
        return (exitCode, output.ToString(), errors.ToString());
    }

    /// <summary>Cancels once a line with a text has been written.</summary>
    private sealed class LineWatch(string text, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value!.Contains(text, StringComparison.Ordinal)) stop.Cancel(); // not null: a scan writes no empty lines
        }
    }
}
