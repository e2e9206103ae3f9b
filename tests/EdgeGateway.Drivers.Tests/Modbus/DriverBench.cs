using EdgeGateway.Drivers.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.Modbus;

/// <summary>A driver on a scripted line with an oracle at the other end, and a clock that moves only when the driver waits.</summary>
internal sealed class DriverBench : IAsyncDisposable
{
    // Kept from poll to poll: a wait that is given up could still swallow the signal of the next poll.
    private Task? _readerWaits;

    private DriverBench(string points, ModbusDevice? device)
    {
        Group = Map.Group(points, device);
        Driver = new ModbusTcpType().Create("line1", Time);
        Line.OnQuestion = question => Line.Send(Slave.Answer(question));
    }

    public FakeTimeProvider Time { get; } = new();
    public ScriptedStream Line { get; private set; } = new();
    public OracleSlave Slave { get; } = new();
    public IDriver Driver { get; }
    public PollGroup Group { get; }
    public PollOutcome Outcome { get; private set; }

    /// <summary>What the other side does while the driver waits for bytes, and how long it takes; null for nothing within the patience.</summary>
    public Func<TimeSpan>? Meanwhile { get; set; }

    public RecordingSink Sink { get; private set; } = new(0);

    public static async Task<DriverBench> On(string points, ModbusDevice? device = null)
    {
        var bench = new DriverBench(points, device);
        await bench.Driver.AttachAsync(bench.Line, CancellationToken.None);
        return bench;
    }

    public async Task Reattach()
    {
        var answers = Line.OnQuestion;
        await Line.DisposeAsync();
        _readerWaits = null;
        Line = new ScriptedStream { OnQuestion = answers };
        await Driver.AttachAsync(Line, CancellationToken.None);
    }

    /// <summary>Polls once; whenever the driver waits for bytes that do not come, its patience passes.</summary>
    public Task<Sample[]> Poll() => Poll(Group);

    public async Task<Sample[]> Poll(PollGroup group)
    {
        Sink = new RecordingSink(group.Points.Length);
        var poll = Driver.ReadAsync(group, Sink, CancellationToken.None).AsTask();
        while (!poll.IsCompleted)
        {
            _readerWaits ??= Line.ReaderWaits();
            await Task.WhenAny(poll, _readerWaits);
            if (!_readerWaits.IsCompleted) continue;
            _readerWaits = null;
            if (!poll.IsCompleted) Time.Advance(Meanwhile?.Invoke() ?? group.Device.Timeout);
        }
        Outcome = await poll;
        Sink.AssertEachPointHasOneBlock();
        AssertNoWrongValue(group, Sink.Samples);
        return Sink.Samples;
    }

    /// <summary>Whatever has a value has the oracle's value.</summary>
    public static void AssertNoWrongValue(PollGroup group, Sample[] samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            Assert.Equal(samples[i].Quality == Quality.Good, samples[i].Value.Kind != SampleKind.None);
            if (samples[i].Quality == Quality.Good) Assert.Equal(Expected(group, i), samples[i].Value.Mantissa);
        }
    }

    public static long Expected(PollGroup group, int index)
    {
        var unit = ((ModbusDevice)group.Device).Unit;
        var point = (ModbusPoint)group.Points[index];
        var function = point.Area switch { ModbusArea.Coil => 1, ModbusArea.Discrete => 2, ModbusArea.Holding => 3, _ => 4 };
        if (function <= 2) return OracleSlave.Bit(unit, function, point.Address);
        if (point.Type == RegisterType.Bool) return OracleSlave.Register(unit, function, point.Address) >> point.Bit & 1;
        return Enumerable.Range(point.Address, point.Size).Aggregate(0L, (sum, address) => sum << 16 | OracleSlave.Register(unit, function, address));
    }

    public ValueTask DisposeAsync() => Line.DisposeAsync();
}
