using System.Globalization;
using System.Text;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Field;

/// <summary>
/// Every fault of the field on every transport: no wrong value while it lasts or afterwards, and good values again with the first poll after it.
/// The table it prints stands in docs/field.md.
/// </summary>
public sealed class FaultMatrixTests(ITestOutputHelper output)
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
    [InlineData(FieldTransport.ModbusTcp)]
    [InlineData(FieldTransport.ModbusTcpInWindow)]
    [InlineData(FieldTransport.RtuOverTcp)]
    [InlineData(FieldTransport.AsciiOverTcp)]
    [InlineData(FieldTransport.RtuOverPort)]
    [InlineData(FieldTransport.RtuByPorts)]
    public async Task No_fault_brings_a_wrong_value_and_the_next_poll_after_it_is_good(FieldTransport transport)
    {
        Assert.SkipUnless(transport is not (FieldTransport.RtuOverPort or FieldTransport.RtuByPorts) || OperatingSystem.IsLinux(), "pseudo-terminals are of Linux");
        var table = new StringBuilder("| fault | values under it | wrong | polls until good |\n|---|---|---|---|\n");
        var failures = new List<string>();
        foreach (var (name, fault) in FieldFaults.On(transport))
            await Run(transport, name, bench => bench.Device.Fault = fault, bench => Mend(bench, fault), table, failures);
        foreach (var (name, fault) in LineFaults)
            await Run(transport, name, bench => bench.Line.Fault = fault, bench => EndOf(bench), table, failures);
        output.WriteLine($"{transport}\n{table}");
        Assert.Equal([], failures);
    }

    private static async Task Run(FieldTransport transport, string name, Action<FieldBench> breakIt, Func<FieldBench, Task> mendIt, StringBuilder table, List<string> failures)
    {
        await using var bench = FieldBench.On(transport);
        if (!await bench.Poll()) failures.Add($"{name}: not healthy before ({bench.Trouble})");
        var before = bench.Values;
        breakIt(bench);
        var isLineLost = false;
        for (var poll = 0; poll < PollsUnderFault; poll++)
        {
            await bench.Poll();
            isLineLost |= bench.Trouble is not null;
        }
        var values = bench.Values - before;
        await mendIt(bench);
        await bench.PluggedIn();
        var polls = 1;
        while (!await bench.Poll() && polls < 10) polls++;
        for (var poll = 0; poll < 2; poll++)
            if (!await bench.Poll()) failures.Add($"{name}: a poll after the good one is bad ({bench.Trouble})");
        table.Append(CultureInfo.InvariantCulture, $"| {name} | {values} of {PollsUnderFault * 4} | {bench.Wrong} | {polls} |\n");
        if (bench.Wrong > 0) failures.Add($"{name}: {bench.Wrong} wrong values");
        var most = isLineLost || transport is FieldTransport.ModbusTcp or FieldTransport.ModbusTcpInWindow ? WithRedial : 1;
        if (polls > most) failures.Add($"{name}: good after {polls} polls, expected {most} ({bench.Trouble})");
    }

    /// <summary>A fault that holds answers back ends when the last of them is out.</summary>
    private static async Task Mend(FieldBench bench, Fault fault)
    {
        bench.Device.Fault = Fault.None;
        if (fault.Kind is FaultKind.LateReply or FaultKind.SlowReply)
            await Eventually.Is(() => bench.Device.Answers == bench.Device.Requests, "the last late answer is out");
    }

    private static Task EndOf(FieldBench bench)
    {
        bench.Line.Fault = LineFault.None;
        return Task.CompletedTask;
    }
}
