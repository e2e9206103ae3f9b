using EdgeGateway.Commands;
using EdgeGateway.Commands.Probe;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.PlantSimulator;
using EdgeGateway.Tests.Config;

namespace EdgeGateway.Tests.Commands;

/// <summary>Probes of the sample site's simulated twin, over real sockets.</summary>
public sealed class ProbeTests
{
    [Fact]
    public async Task A_signal_is_shown_with_its_raw_bytes_and_every_order()
    {
        await using var plant = await SampleTwin.Start();

        var (exitCode, text, _) = await Probe(plant, "cems-1.so2");

        Assert.Equal(ExitCode.Clean, exitCode);
        Assert.Contains("cems-1.so2  holding 2 float32 CDAB: ", text, StringComparison.Ordinal);
        Assert.Contains(" mg/m3, good, 0 to 1000, ", text, StringComparison.Ordinal);
        Assert.Matches(@"raw +[0-9A-F]{8}\n", text);
        Assert.Matches(@"CDAB +[0-9.]+ +in range  <- as above", text);
        foreach (var order in new[] { "ABCD", "BADC", "DCBA" }) Assert.Matches($@"\n    {order} ", text);
        Assert.DoesNotContain("frames", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_raw_bytes_are_those_of_the_value()
    {
        await using var plant = await SampleTwin.Start();

        var (_, text, _) = await Probe(plant, "cems-1.so2");

        var raw = Convert.FromHexString(System.Text.RegularExpressions.Regex.Match(text, "raw +([0-9A-F]{8})").Groups[1].Value);
        var value = BitConverter.ToSingle([raw[1], raw[0], raw[3], raw[2]]);
        Assert.Contains(ProbeText.Of(SampleValue.OfBinary32(value)), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_line_is_asked_signal_by_signal()
    {
        await using var plant = await SampleTwin.Start();

        var (exitCode, text, _) = await Probe(plant, "meters-1");

        Assert.Equal(ExitCode.Clean, exitCode);
        Assert.Contains("\n30 signals, 30 good", text, StringComparison.Ordinal);
        foreach (var meter in new[] { "meter-1.ua", "meter-2.pf", "meter-3.energy" }) Assert.Contains($"{meter}  holding", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frames_are_shown_both_ways()
    {
        await using var plant = await SampleTwin.Start();

        var (_, text, _) = await Probe(plant, "cems-1.so2", showFrames: true);

        Assert.Matches(@"0\.000 > 00 01 00 00 00 06 01 03 00 02 00 02\n", text);
        Assert.Matches(@"[0-9.]+ < 00 01 00 00 00 07 01 03 04( [0-9A-F]{2}){4}\n", text);
    }

    [Fact]
    public async Task A_silent_device_is_told_in_words()
    {
        await using var plant = await SampleTwin.Start();
        plant.Twin.Lines.Single(line => line.Name == "cems-1").Devices[0].Fault = new Fault(FaultKind.Silent);

        var (exitCode, text, _) = await Probe(plant, "cems-1.so2");

        Assert.Equal(ExitCode.Found, exitCode);
        Assert.Contains("-, timeout: no answer in the device's time; check unit, wiring", text, StringComparison.Ordinal);
        Assert.DoesNotContain("raw ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_is_not_there_cannot_be_asked()
    {
        var target = ProbeTarget.Find(Sample(), "cems-1.so2")! with { Connect = new Uri("tcp://127.0.0.1:1") };
        var errors = new StringWriter();

        var exitCode = await new ProbeRun(target, showFrames: false, TimeProvider.System, new StringWriter(), errors).RunAsync(CancellationToken.None);

        Assert.Equal(ExitCode.CannotStart, exitCode);
        Assert.StartsWith("tcp://127.0.0.1:1 cannot be opened: ", errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("meters-1", 3, 30)]
    [InlineData("meter-2", 1, 10)]
    [InlineData("meter-2.ua", 1, 1)]
    [InlineData("METER-2.UA", 1, 1)]
    public void A_line_a_device_and_a_signal_have_names(string name, int devices, int signals)
    {
        var target = ProbeTarget.Find(Sample(), name)!;

        Assert.Equal((devices, signals), (target.Devices.Count, target.Devices.Sum(device => device.Signals.Count)));
    }

    [Fact]
    public void What_is_not_there_is_not_found() => Assert.Null(ProbeTarget.Find(Sample(), "meter-2.nothing"));

    private static Plant Sample() => PlantLoader.Load(SiteOnDisk.Sample).Plant!;

    private static async Task<(int ExitCode, string Text, string Errors)> Probe(SampleTwin plant, string name, bool showFrames = false)
    {
        var (output, errors) = (new StringWriter { NewLine = "\n" }, new StringWriter());
        var exitCode = await new ProbeRun(ProbeTarget.Find(plant.Plant, name)!, showFrames, TimeProvider.System, output, errors).RunAsync(CancellationToken.None);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
