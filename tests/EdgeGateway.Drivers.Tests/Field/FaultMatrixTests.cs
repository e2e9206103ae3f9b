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

    private static readonly (string Name, Fault Fault)[] DeviceFaults =
    [
        ("silent", Fault.Silent),
        ("late, just after the patience", Fault.LateReply(FieldBench.Patience * 1.1)),
        ("late, half a patience after it", Fault.LateReply(FieldBench.Patience * 1.5)),
        ("late, into the second poll after", Fault.LateReply(FieldBench.Patience * 2.3)),
        ("slow, within the patience", Fault.SlowReply(FieldBench.Patience * 0.4)),
        ("answered twice", Fault.Duplicate),
        ("answer before glued in front", Fault.Glued),
        ("another unit answers", Fault.ForeignUnit),
        ("another function", Fault.WrongFunction),
        ("byte count one too small", Fault.WrongByteCount),
        ("two bytes too many", Fault.WrongLength),
        ("transaction id of the question before", Fault.StaleTransaction),
        ("check wrong", Fault.BadCheck),
        ("cut off after 1 byte", Fault.Truncated(1)),
        ("cut off after 2 bytes", Fault.Truncated(2)),
        ("cut off after 3 bytes", Fault.Truncated(3)),
        ("cut off after 5 bytes", Fault.Truncated(5)),
        ("cut off before the last byte", Fault.Truncated(255)),
        ("in single bytes", Fault.Split),
        ("in single bytes, 2 ms apart", Fault.SplitEvery(TimeSpan.FromMilliseconds(2))),
        ("question echoed", Fault.Echo),
        ("zeros in front", Fault.NoiseBefore(Noise.Zeros)),
        ("ones in front", Fault.NoiseBefore(Noise.Ones)),
        ("noise in front", Fault.NoiseBefore(Noise.Random)),
        ("head of a frame in front", Fault.NoiseBefore(Noise.Head)),
        ("zeros behind", Fault.NoiseAfter(Noise.Zeros)),
        ("ones behind", Fault.NoiseAfter(Noise.Ones)),
        ("noise behind", Fault.NoiseAfter(Noise.Random)),
        ("head of a frame behind", Fault.NoiseAfter(Noise.Head)),
        ("noise instead", Fault.GarbageHeader),
        ("refused: illegal function (01)", Fault.Exception(1)),
        ("refused: device failure (04)", Fault.Exception(4)),
        ("refused: acknowledged (05)", Fault.Exception(5)),
        ("refused: busy (06)", Fault.Exception(6)),
        ("refused: memory (08)", Fault.Exception(8)),
        ("refused: gateway path (0A)", Fault.Exception(10)),
        ("refused: gateway target (0B)", Fault.Exception(11)),
        ("refused: unknown code (55)", Fault.Exception(0x55)),
        ("values stand still", Fault.Frozen),
        ("line lost in mid-frame", Fault.ResetMidFrame),
    ];

    private static readonly (string Name, LineFault Fault)[] LineFaults =
    [
        ("line refused, or port pulled out", LineFault.RefuseConnections),
        ("line dropped at each question", LineFault.DropConnections),
    ];

    [Theory]
    [InlineData(FieldTransport.ModbusTcp)]
    [InlineData(FieldTransport.RtuOverTcp)]
    [InlineData(FieldTransport.AsciiOverTcp)]
    [InlineData(FieldTransport.RtuOverPort)]
    public async Task No_fault_brings_a_wrong_value_and_the_next_poll_after_it_is_good(FieldTransport transport)
    {
        Assert.SkipUnless(transport != FieldTransport.RtuOverPort || OperatingSystem.IsLinux(), "pseudo-terminals are of Linux");
        var table = new StringBuilder("| fault | values under it | wrong | polls until good |\n|---|---|---|---|\n");
        var failures = new List<string>();
        // Modbus TCP frames carry no check that could be wrong.
        foreach (var (name, fault) in DeviceFaults.Where(entry => transport != FieldTransport.ModbusTcp || entry.Fault.Kind != FaultKind.BadCheck))
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
        var polls = 1;
        while (!await bench.Poll() && polls < 10) polls++;
        for (var poll = 0; poll < 2; poll++)
            if (!await bench.Poll()) failures.Add($"{name}: a poll after the good one is bad ({bench.Trouble})");
        table.Append(CultureInfo.InvariantCulture, $"| {name} | {values} of {PollsUnderFault * 4} | {bench.Wrong} | {polls} |\n");
        if (bench.Wrong > 0) failures.Add($"{name}: {bench.Wrong} wrong values");
        var most = isLineLost || transport == FieldTransport.ModbusTcp ? WithRedial : 1;
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
