using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.Drivers.Modbus;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Commands;

/// <summary>
/// The simulated twin of a site: for every Modbus line a slave with the same units, addresses and types, for every line of meters a meter with the same
/// address and items, and values that move as such signals do. Only addresses and names of types cross over; the simulator encodes by itself.
/// </summary>
internal static class SimulatedSite
{
    /// <param name="onFreePorts">Listen on free ports instead of the site's own.</param>
    public static SimulatedPlant Of(Plant plant, ServedLedger? ledger, bool onFreePorts, TimeProvider time) =>
        new([.. plant.Lines.Select(line => LineOf(line, onFreePorts))], time, ledger);

    /// <summary>The plant with its lines pointed at where the simulation listens.</summary>
    public static Plant PointedAt(this Plant plant, SimulatedPlant simulated) => plant with
    {
        Lines = [.. plant.Lines.Zip(simulated.Lines, (line, twin) => line with { Connect = new Uri(twin.Address + line.Connect.Query) })],
    };

    /// <summary>Why a plant cannot be simulated, in words; null if it can.</summary>
    public static string? Refuse(Plant plant)
    {
        foreach (var line in plant.Lines)
        {
            if (line.Protocols.Count() > 1) return $"line {line.Name}: devices of several protocols on one line cannot be simulated. Give each protocol a line of its own in a copy of the site folder";
            if (line.Connect.Scheme is not ("tcp" or SerialAddress.Scheme)) return $"line {line.Name}: devices that dial in cannot be simulated. Point the line at a tcp address in a copy of the site folder";
        }
        return null;
    }

    private static SimulatedLine LineOf(Line line, bool onFreePorts)
    {
        if (line.Protocol is Dlt645Type) return SimulatedMeters.LineOf(line, HostOf(line, onFreePorts), PortOf(line, onFreePorts), PathOf(line, onFreePorts));
        SimulatedDevice[] devices = [.. line.Devices.Select(DeviceOf)];
        var wire = line.Protocol.Name switch
        {
            "modbus-rtu" => LineWire.Rtu,
            "modbus-ascii" => LineWire.Ascii,
            _ => LineWire.Mbap,
        };
        return PathOf(line, onFreePorts) is { } path
            ? SimulatedLine.OnPort(line.Name, devices, wire, path)
            : new SimulatedLine(line.Name, devices, HostOf(line, onFreePorts), PortOf(line, onFreePorts), wire);
    }

    private static string HostOf(Line line, bool onFreePorts) => onFreePorts ? "127.0.0.1" : line.Connect.Host;

    private static int PortOf(Line line, bool onFreePorts) => onFreePorts ? 0 : line.Connect.Port;

    /// <summary>The path of a serial port; null for a line on TCP.</summary>
    private static string? PathOf(Line line, bool onFreePorts) => line.Connect.Scheme != SerialAddress.Scheme ? null
        : onFreePorts ? Path.Combine(Path.GetTempPath(), $"edgegateway-port-{Guid.NewGuid():N}") : Uri.UnescapeDataString(line.Connect.AbsolutePath);

    private static SimulatedDevice DeviceOf(Device device)
    {
        var settings = (ModbusDevice)device.Settings;
        var all = device.Groups.SelectMany(group => group.Signals.Zip(group.Poll.Points, (signal, point) => (Signal: signal, Point: (ModbusPoint)point))).ToList();
        var points = all.Where(entry => IsServed(entry.Signal, entry.Point)).Select(entry => PointOf(settings, entry.Signal, entry.Point));
        // Places of other types are there, and hold zeros.
        var readable = all.GroupBy(entry => entry.Point.Area)
            .Select(area => (Area: AreaOf(area.Key), First: area.Min(entry => entry.Point.Address), End: area.Max(entry => entry.Point.End)))
            .Select(area => new AddressRange(area.Area, area.First, area.End - area.First));
        return new SimulatedDevice(device.Name, settings.Unit, [.. points], [.. readable]);
    }

    /// <summary>True for what the simulator can encode by itself: not for signals that a map makes of another one, and not for rarer types.</summary>
    private static bool IsServed(Signal signal, ModbusPoint point) =>
        signal.States is null && point.FieldBits == 0 && point.Type <= RegisterType.Text && (point.OrderOn(new ModbusDevice()) & Drivers.Modbus.WordOrder.HalfSwap) == 0;

    private static PointArea AreaOf(ModbusArea area) => area switch
    {
        ModbusArea.Coil => PointArea.Coil,
        ModbusArea.Discrete => PointArea.Discrete,
        ModbusArea.Holding => PointArea.Holding,
        _ => PointArea.Input,
    };

    private static SimulatedPoint PointOf(ModbusDevice device, Signal signal, ModbusPoint point)
    {
        var type = TypeOf(point.Type);
        var waveform = Waveforms.For(type, signal.Unit, signal.FactorCode ?? "", signal.Role ?? "", point.Signal);
        return new SimulatedPoint
        {
            Name = point.Signal,
            Area = AreaOf(point.Area),
            Address = point.Address,
            Type = type,
            Order = point.OrderOn(device) switch
            {
                Drivers.Modbus.WordOrder.WordSwap => PlantSimulator.WordOrder.CDAB,
                Drivers.Modbus.WordOrder.ByteSwap => PlantSimulator.WordOrder.BADC,
                Drivers.Modbus.WordOrder.LittleEndian => PlantSimulator.WordOrder.DCBA,
                _ => PlantSimulator.WordOrder.ABCD,
            },
            Bit = point.Bit,
            Length = Math.Max(1, point.Length),
            Scale = signal.Scaling.Factor,
            Offset = signal.Scaling.Offset,
            Waveform = waveform,
        };
    }

    private static PointType TypeOf(RegisterType type) => type switch
    {
        RegisterType.Bool => PointType.Bool,
        RegisterType.Int16 => PointType.Int16,
        RegisterType.UInt16 => PointType.UInt16,
        RegisterType.Int32 => PointType.Int32,
        RegisterType.UInt32 => PointType.UInt32,
        RegisterType.Int64 => PointType.Int64,
        RegisterType.UInt64 => PointType.UInt64,
        RegisterType.Float32 => PointType.Float32,
        RegisterType.Float64 => PointType.Float64,
        RegisterType.Bcd16 => PointType.Bcd16,
        RegisterType.Bcd32 => PointType.Bcd32,
        RegisterType.Text => PointType.String,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "a register type the simulator does not know"),
    };
}
