using EdgeGateway.Drivers.Modbus;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Modbus;

/// <summary>A driver for serial frames on a scripted line with an oracle at the other end. The clock is the real one; patience is short.</summary>
internal sealed class SerialBench : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private SerialBench(string kind, string points, int maxRegisters)
    {
        Wire = kind == "rtu" ? SerialWire.Rtu : SerialWire.Ascii;
        Group = Map.Group(points, new ModbusDevice { Timeout = Patience, Quiet = TimeSpan.FromMilliseconds(5), MaxGap = 8, MaxRegisters = maxRegisters });
        Driver = (kind == "rtu" ? ModbusSerialType.Rtu : ModbusSerialType.Ascii).Create("line1", TimeProvider.System);
        Line.OnQuestion = question => Line.Send(Answer(question));
    }

    public SerialWire Wire { get; }
    public ScriptedStream Line { get; } = new();
    public IDriver Driver { get; }
    public PollGroup Group { get; }
    public PollOutcome Outcome { get; private set; }

    public static async Task<SerialBench> On(string kind, string points, int maxRegisters = 125)
    {
        var bench = new SerialBench(kind, points, maxRegisters);
        await bench.Driver.AttachAsync(bench.Line, CancellationToken.None);
        return bench;
    }

    /// <summary>Unit and PDU of a question.</summary>
    public byte[] Content(byte[] question) => Wire.TakeQuestion([.. question])!; // what the driver sends is a question

    /// <summary>The right answer, framed by the simulator's encoder.</summary>
    public byte[] Answer(byte[] question) => Wire.Encode(AnswerContent(question));

    public byte[] AnswerContent(byte[] question) => new OracleSlave().Answer([0, 0, 0, 0, 0, 6, .. Content(question)])[6..];

    /// <summary>An answer of the same shape as the right one with other values.</summary>
    public byte[] Altered(byte[] question)
    {
        var content = AnswerContent(question);
        for (var i = 3; i < content.Length; i++) content[i] ^= 0x5A;
        return Wire.Encode(content);
    }

    public async Task<Sample[]> Poll()
    {
        var sink = new RecordingSink(Group.Points.Length);
        Outcome = await Driver.ReadAsync(Group, sink, CancellationToken.None);
        sink.AssertEachPointHasOneBlock();
        DriverBench.AssertNoWrongValue(Group, sink.Samples);
        return sink.Samples;
    }

    public ValueTask DisposeAsync() => Line.DisposeAsync();
}
