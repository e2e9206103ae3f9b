using EdgeGateway.Drivers.Links;
using EdgeGateway.Drivers.Modbus;
using EdgeGateway.Drivers.Tests.Modbus;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Field;

/// <summary>
/// A driver on a real socket or serial port with a simulated slave at the other end, and the slave's ledger to judge every value: it must have been
/// served in a whole and right answer of this very poll.
/// </summary>
internal sealed class FieldBench : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    // Two questions of one shape for each poll, four in a window: what belongs to the one must not be taken for the other.
    private static readonly int[] Addresses = [0, 1, 500, 501];

    private readonly TemporaryFolder _folder = new();
    private readonly ServedLedger _ledger = new();
    private readonly SimulatedPlant _plant;
    private readonly LinkDial _dial;
    private readonly IDriver _driver;
    private readonly PollGroup _group;
    private Stream? _link;

    private FieldBench(FieldTransport transport)
    {
        Device = new SimulatedDevice("dev", 1, [.. Addresses.Select(PointOf)],
            [new AddressRange(PointArea.Holding, 0, 20), new AddressRange(PointArea.Holding, 500, 20)]);
        Line = transport switch
        {
            FieldTransport.ModbusTcp or FieldTransport.ModbusTcpInWindow => new SimulatedLine("line", [Device]),
            FieldTransport.RtuOverTcp => new SimulatedLine("line", [Device], wire: LineWire.Rtu),
            FieldTransport.AsciiOverTcp => new SimulatedLine("line", [Device], wire: LineWire.Ascii),
            _ => SimulatedLine.OnPort("line", [Device], LineWire.Rtu, Path.Combine(_folder.Path, "port")),
        };
        _plant = new SimulatedPlant([Line], TimeProvider.System, _ledger);
        _plant.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        var settings = transport switch
        {
            FieldTransport.RtuOverPort => "?baud=115200&format=8N1",
            FieldTransport.RtuByPorts => "?baud=115200&format=8N1&transport=ports",
            _ => "",
        };
        _dial = LinkDial.For(new Uri(Line.Address + settings), TimeProvider.System);
        DriverType type = transport switch
        {
            FieldTransport.ModbusTcp or FieldTransport.ModbusTcpInWindow => new ModbusTcpType(),
            FieldTransport.AsciiOverTcp => ModbusSerialType.Ascii,
            _ => ModbusSerialType.Rtu,
        };
        _driver = type.Create("line", TimeProvider.System);
        _group = Map.Group(string.Join(' ', Addresses.Select(address => $"h{address}")),
            transport == FieldTransport.ModbusTcpInWindow
                ? new ModbusDevice { Timeout = Patience, MaxGap = 0, MaxRegisters = 1, Window = 4 }
                : new ModbusDevice { Timeout = Patience, MaxGap = 0, Quiet = TimeSpan.FromMilliseconds(5) });
    }

    public SimulatedDevice Device { get; }
    public SimulatedLine Line { get; }

    /// <summary>Why the last poll lost its line; null if it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Values that no right answer of their poll carried.</summary>
    public int Wrong { get; private set; }

    /// <summary>Values, right or wrong.</summary>
    public int Values { get; private set; }

    public static FieldBench On(FieldTransport transport) => new(transport);

    /// <summary>Dials where there is no line and polls once; true if every point has a value.</summary>
    public async Task<bool> Poll()
    {
        var before = Addresses.Select(address => Served(address).Count).ToArray();
        var sink = new RecordingSink(Addresses.Length);
        Trouble = null;
        try
        {
            if (_link is null)
            {
                _link = await _dial.DialAsync(CancellationToken.None);
                await _driver.AttachAsync(_link, CancellationToken.None);
            }
            await _driver.ReadAsync(_group, sink, CancellationToken.None);
        }
        catch (LineDownException e)
        {
            Trouble = e.Message;
            if (_link is { } link) await link.DisposeAsync();
            _link = null;
        }
        // A line lost in mid-poll keeps what it has brought before, as the gateway does.
        for (var i = 0; i < Addresses.Length; i++)
        {
            if (sink.Samples[i].Value.Kind == SampleKind.None) continue;
            Values++;
            var value = (decimal)sink.Samples[i].Value.Mantissa;
            if (!Served(Addresses[i]).Skip(before[i]).Any(served => served.Exact == value && !served.MustBeRefused)) Wrong++;
        }
        return Trouble is null && sink.Samples.All(sample => sample.Value.Kind != SampleKind.None);
    }

    /// <summary>A port that a fault has cut is plugged in again a moment later.</summary>
    public Task PluggedIn() => Eventually.Is(() => !OperatingSystem.IsLinux() || !Line.Address.StartsWith("serial", StringComparison.Ordinal)
        || File.Exists(Path.Combine(_folder.Path, "port")), "the port is plugged in");

    public async ValueTask DisposeAsync()
    {
        if (_link is not null) await _link.DisposeAsync();
        await _plant.DisposeAsync();
        _folder.Dispose();
    }

    private IReadOnlyList<ServedValue> Served(int address) => _ledger.For("dev", $"h{address}");

    // Counters far apart: a value of another register, or of another time, is no value of this one.
    private static SimulatedPoint PointOf(int address, int index) => new()
    {
        Name = $"h{address}",
        Area = PointArea.Holding,
        Address = address,
        Type = PointType.UInt16,
        Order = EdgeGateway.PlantSimulator.WordOrder.ABCD,
        Waveform = Waveform.Counter(1000 + 15_000 * index, 10),
    };
}
