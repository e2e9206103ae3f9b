using System.Globalization;
using System.Text;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Field;

/// <summary>
/// Every fault of meters on a socket and on a serial port: no wrong value while it lasts or afterwards, and good values again with the first poll after it. The
/// table it prints stands in docs/field.md.
/// </summary>
[Collection(nameof(MeterField))] // one behind the other: they measure patience
public sealed class MeterFaultMatrixTests(ITestOutputHelper output)
{
    private const int PollsUnderFault = 2;

    /// <summary>Polls until a lost line is dialled again: one is spent on finding out.</summary>
    private const int WithRedial = 2;

    private static readonly (string Name, LineFault Fault)[] LineFaults =
    [
        ("line refused, or port pulled out", LineFault.RefuseConnections),
        ("line dropped at each question", LineFault.DropConnections),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_fault_of_a_meter_brings_a_wrong_value_and_the_next_poll_after_it_is_good(bool isPort)
    {
        Assert.SkipUnless(!isPort || OperatingSystem.IsLinux(), "pseudo-terminals are of Linux");
        var table = new StringBuilder("| fault | values under it | wrong | polls until good |\n|---|---|---|---|\n");
        var failures = new List<string>();
        foreach (var (name, fault) in MeterFaults.All)
            await Run(isPort, name, field => field.Meter.Fault = fault, field => Mend(field, fault), table, failures);
        foreach (var (name, fault) in LineFaults)
            await Run(isPort, name, field => field.Line.Fault = fault, field => EndOf(field), table, failures);
        output.WriteLine($"{(isPort ? "port" : "TCP")}\n{table}");
        Assert.Equal([], failures);
    }

    [Fact]
    public async Task A_refused_item_comes_back_when_it_is_tried_again()
    {
        // Bit 1 says that there is no such item: it is left out, so that only one is asked for, and comes back with that.
        await using var field = MeterField.On(isPort: false);
        Assert.True(await field.Poll());
        field.Meter.Fault = Fault.Exception(0x02);
        await field.Poll();
        await field.Poll();
        field.Meter.Fault = Fault.None;
        var polls = 1;
        while (!await field.Poll() && polls < 10) polls++;
        Assert.InRange(polls, 2, 3);
        Assert.Equal(0, field.Wrong);
    }

    private static async Task Run(bool isPort, string name, Action<MeterField> breakIt, Func<MeterField, Task> mendIt, StringBuilder table, List<string> failures)
    {
        await using var field = MeterField.On(isPort);
        if (!await field.Poll()) failures.Add($"{name}: not healthy before ({field.Trouble})");
        var before = field.Values;
        breakIt(field);
        var isLineLost = false;
        for (var poll = 0; poll < PollsUnderFault; poll++)
        {
            await field.Poll();
            isLineLost |= field.Trouble is not null;
        }
        var values = field.Values - before;
        await mendIt(field);
        await field.PluggedIn();
        var polls = 1;
        while (!await field.Poll() && polls < 10) polls++;
        for (var poll = 0; poll < 2; poll++)
            if (!await field.Poll()) failures.Add($"{name}: a poll after the good one is bad ({field.Trouble})");
        table.Append(CultureInfo.InvariantCulture, $"| {name} | {values} of {PollsUnderFault * MeterField.Points} | {field.Wrong} | {polls} |\n");
        if (field.Wrong > 0) failures.Add($"{name}: {field.Wrong} wrong values");
        if (polls > (isLineLost ? WithRedial : 1)) failures.Add($"{name}: good after {polls} polls ({field.Trouble})");
    }

    /// <summary>A fault that holds replies back ends when the last of them is out.</summary>
    private static async Task Mend(MeterField field, Fault fault)
    {
        field.Meter.Fault = Fault.None;
        if (fault.Kind is FaultKind.LateReply or FaultKind.SlowReply)
            await Eventually.Is(() => field.Meter.Replies == field.Meter.Requests, "the last late reply is out");
    }

    private static Task EndOf(MeterField field)
    {
        field.Line.Fault = LineFault.None;
        return Task.CompletedTask;
    }
}
