using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.Drivers.Links;
using EdgeGateway.Drivers.Tests.Dlt645;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Field;

/// <summary>
/// The driver for meters on a real socket or serial port with simulated meters at the other end, and their ledger to judge every value: it must have been
/// served in a whole and right reply of this very poll, at its own scale.
/// </summary>
internal sealed class MeterField : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static readonly string[] Signals = ["forward-active", "reverse-active", "ua", "ub", "ia", "p"];

    private readonly TemporaryFolder _folder = new();
    private readonly ServedLedger _ledger = new();
    private readonly SimulatedPlant _plant;
    private readonly LinkDial _dial;
    private readonly IDriver _driver = new Dlt645Type().Create("line", TimeProvider.System);
    private readonly PollGroup _group;
    private Stream? _link;

    private MeterField(bool isPort)
    {
        // The blocks of energy and voltage do not fit one frame of this meter.
        Meter = MeterOf("dev", MeterMap.Address);
        Neighbour = MeterOf("neighbour", "000000000001");
        Line = isPort ? SimulatedLine.OfMetersOnPort("line", [Meter, Neighbour], Path.Combine(_folder.Path, "port")) : SimulatedLine.OfMeters("line", [Meter, Neighbour]);
        _plant = new SimulatedPlant([Line], TimeProvider.System, _ledger);
        _plant.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        _dial = LinkDial.For(new Uri(Line.Address + (isPort ? "?baud=115200&format=8E1" : "")), TimeProvider.System);
        _group = MeterMap.Group(string.Join(' ', Signals), MeterMap.Device(timeoutMs: (int)Patience.TotalMilliseconds));
    }

    public SimulatedMeter Meter { get; }
    public SimulatedMeter Neighbour { get; }
    public SimulatedLine Line { get; }

    public static int Points => Signals.Length;

    /// <summary>Why the last poll lost its line; null if it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Values that no right reply of their poll carried.</summary>
    public int Wrong { get; private set; }

    /// <summary>Values, right or wrong.</summary>
    public int Values { get; private set; }

    public static MeterField On(bool isPort) => new(isPort);

    /// <summary>Dials where there is no line and polls once; true if every point has a value.</summary>
    public async Task<bool> Poll()
    {
        var names = _group.Points.Select(point => point.Signal).ToArray();
        var before = names.Select(name => _ledger.For("dev", name).Count).ToArray();
        var sink = new RecordingSink(names.Length);
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
        for (var i = 0; i < names.Length; i++)
        {
            var value = sink.Samples[i].Value;
            if (value.Kind == SampleKind.None) continue;
            Values++;
            var exact = value.Mantissa * (decimal)Math.Pow(10, value.Exponent);
            if (!_ledger.For("dev", names[i]).Skip(before[i]).Any(served => served.Exact == exact && !served.MustBeRefused)) Wrong++;
        }
        return Trouble is null && sink.Samples.All(sample => sample.Value.Kind != SampleKind.None);
    }

    /// <summary>A port that a fault has cut is plugged in again a moment later.</summary>
    public Task PluggedIn() => Eventually.Is(() => !Line.Address.StartsWith("serial", StringComparison.Ordinal) || File.Exists(Path.Combine(_folder.Path, "port")), "the port is plugged in");

    public async ValueTask DisposeAsync()
    {
        if (_link is not null) await _link.DisposeAsync();
        await _plant.DisposeAsync();
        _folder.Dispose();
    }

    // Counters far apart: a value of another item, or of another time, is no value of this one.
    private static SimulatedMeter MeterOf(string name, string address) => new(name, address,
    [
        Item("forward-active", "00010000", "XXXXXX.XX", Waveform.Counter(999_990, 1), "0001FF00", 1),
        Item("reverse-active", "00020000", "XXXXXX.XX", Waveform.Counter(20_000, 1)),
        Item("ua", "02010100", "XXX.X", Waveform.Counter(100, 0.2m), "0201FF00", 1),
        Item("ub", "02010200", "XXX.X", Waveform.Counter(300, 0.2m), "0201FF00", 2),
        Item("uc", "02010300", "XXX.X", Waveform.Counter(500, 0.2m), "0201FF00", 3),
        Item("ia", "02020100", "XXX.XXX", Waveform.Ramp(-700, 700, 0.5m)),
        Item("p", "02030000", "XX.XXXX", Waveform.Ramp(-70, -10, 0.01m)),
    ])
    { FrameData = 4 };

    private static MeterItem Item(string name, string identifier, string format, Waveform waveform, string block = "", int member = 1) => new()
    {
        Names = [name],
        Identifier = identifier,
        Block = block,
        Member = member,
        Format = format,
        IsSigned = identifier.StartsWith("0202", StringComparison.Ordinal) || identifier.StartsWith("0203", StringComparison.Ordinal),
        Waveform = waveform,
    };
}
