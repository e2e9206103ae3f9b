using System.Net;
using System.Net.Sockets;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.Drivers.Modbus;
using EdgeGateway.Drivers.OpcUa.Polling;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Commands;

/// <summary>
/// The simulated twin of a site: for every Modbus device a slave with the same unit, addresses and types, for every meter one with the same address and items,
/// on lines that speak the same protocols, and values that move as such signals do. Only addresses, names of types and words of maps cross over; the
/// simulator encodes, and decides what a value must become, by itself.
/// </summary>
internal static class SimulatedSite
{
    /// <param name="onFreePorts">Listen on free ports instead of the site's own.</param>
    /// <param name="certificates">Where simulated servers keep their certificates; null for new ones at each start.</param>
    public static SimulatedPlant Of(Plant plant, ServedLedger? ledger, bool onFreePorts, TimeProvider time, string? certificates = null)
    {
        // Lines whose devices dial in at one port still do so on a free one.
        var dialledPorts = new Dictionary<IPEndPoint, IPEndPoint>();
        return new([.. plant.Lines.Select(line => LineOf(line, onFreePorts, dialledPorts, certificates))], time, ledger);
    }

    /// <summary>The plant with its lines pointed at where the simulation listens.</summary>
    public static Plant PointedAt(this Plant plant, SimulatedPlant simulated) => plant with
    {
        Lines = [.. plant.Lines.Zip(simulated.Lines, (line, twin) => line with { Connect = new Uri(twin.Address + QueryOf(line.Connect)) })],
    };

    /// <summary>The settings of an address, without the networks from which devices may come: the simulated ones come from this computer.</summary>
    private static string QueryOf(Uri connect) => connect.Scheme != DialInAddress.Scheme ? connect.Query
        : "?" + string.Join('&', connect.Query.TrimStart('?').Split('&').Where(part => !part.StartsWith("allow=", StringComparison.Ordinal)));

    /// <summary>Why a plant cannot be simulated, in words; null if it can.</summary>
    /// <param name="onFreePorts">As in <see cref="Of"/>.</param>
    public static string? Refuse(Plant plant, bool onFreePorts)
    {
        foreach (var line in plant.Lines)
        {
            if (line.Protocol is OpcUaType && SimulatedServers.Refuse(line) is { } reason) return reason;
            if (!onFreePorts && DialInOf(line) is { } dialIn && !dialIn.Allows(IPAddress.Loopback))
                return $"line {line.Name}: its devices may not dial in from this computer, where the simulated ones are. Add 127.0.0.0/8 to allow in a copy of the site folder";
            if (line.Devices.GroupBy(device => WhoAnswers(line, device)).FirstOrDefault(same => same.Count() > 1) is { } twice)
                return $"line {line.Name}: {string.Join(" and ", twice.Select(device => device.Name))} are one and the same device ({twice.Key}), which cannot be simulated. Give each its own in a copy of the site folder";
        }
        return null;
    }

    private static string WhoAnswers(Line line, Device device) => device.Settings switch
    {
        ModbusDevice modbus => $"{line.ProtocolOf(device).Name} unit {modbus.Unit}",
        MeterDevice meter => $"meter {SimulatedMeters.AddressOf(meter)}",
        _ => device.Name,
    };

    private static SimulatedLine LineOf(Line line, bool onFreePorts, Dictionary<IPEndPoint, IPEndPoint> dialledPorts, string? certificates)
    {
        if (line.Protocol is OpcUaType) return SimulatedLine.OfServer(SimulatedServers.ServerOf(line, certificates), HostOf(line, onFreePorts), PortOf(line, onFreePorts));
        SimulatedMeter[] meters = [.. line.Devices.Where(device => line.ProtocolOf(device) is Dlt645Type).Select(SimulatedMeters.MeterOf)];
        SimulatedDevice[] devices = [.. line.Devices.Where(device => line.ProtocolOf(device) is not Dlt645Type).Select(device => DeviceOf(device, WireOf(line.ProtocolOf(device))))];
        var wire = WireOf(line.Protocol);
        if (DialInOf(line) is { } dialIn) return SimulatedLine.Dialling(line.Name, devices, wire, DialOutOf(dialIn, onFreePorts, dialledPorts), meters);
        return PathOf(line, onFreePorts) is { } path
            ? SimulatedLine.OnPort(line.Name, devices, wire, path, meters)
            : new SimulatedLine(line.Name, devices, HostOf(line, onFreePorts), PortOf(line, onFreePorts), wire) { Meters = meters };
    }

    private static LineWire WireOf(DriverType protocol) => protocol.Name switch
    {
        "modbus-rtu" => LineWire.Rtu,
        "modbus-ascii" => LineWire.Ascii,
        "dlt645" => LineWire.Dlt645,
        _ => LineWire.Mbap,
    };

    private static DialInAddress? DialInOf(Line line) => line.Connect.Scheme == DialInAddress.Scheme ? DialInAddress.Parse(line.Connect, out _) : null;

    private static DialOut DialOutOf(DialInAddress dialIn, bool onFreePorts, Dictionary<IPEndPoint, IPEndPoint> dialledPorts)
    {
        var target = IPAddress.Any.Equals(dialIn.Local.Address) ? new IPEndPoint(IPAddress.Loopback, dialIn.Local.Port) : dialIn.Local;
        if (onFreePorts && !dialledPorts.TryGetValue(dialIn.Local, out target)) dialledPorts.Add(dialIn.Local, target = FreePort());
        return new DialOut(target, dialIn.Id, dialIn.Heartbeat);
    }

    private static IPEndPoint FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!; // bound just now
    }

    private static string HostOf(Line line, bool onFreePorts) => onFreePorts ? "127.0.0.1" : line.Connect.Host;

    private static int PortOf(Line line, bool onFreePorts) => onFreePorts ? 0 : line.Connect.Port;

    /// <summary>The path of a serial port; null for a line on TCP.</summary>
    private static string? PathOf(Line line, bool onFreePorts) => line.Connect.Scheme != SerialAddress.Scheme ? null
        : onFreePorts ? Path.Combine(Path.GetTempPath(), $"edgegateway-port-{Guid.NewGuid():N}") : Uri.UnescapeDataString(line.Connect.AbsolutePath);

    private static SimulatedDevice DeviceOf(Device device, LineWire wire)
    {
        var settings = (ModbusDevice)device.Settings;
        var points = device.Groups.SelectMany(group => group.Signals.Zip(group.Poll.Points, (signal, point) => PointOf(settings, signal, (ModbusPoint)point))).ToList();
        // What lies between the places can be read too, as on most devices: questions reach over gaps.
        var readable = points.GroupBy(point => point.Area)
            .Select(area => (Area: area.Key, First: area.Min(point => point.Address), End: area.Max(point => point.End)))
            .Select(area => new AddressRange(area.Area, area.First, area.End - area.First));
        return new SimulatedDevice(device.Name, settings.Unit, points, [.. readable]) { OwnWire = wire };
    }

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
        var states = StatesOf(signal);
        return new SimulatedPoint
        {
            Name = point.Signal,
            Area = AreaOf(point.Area),
            Address = point.Address,
            Type = type,
            Order = OrderOf(point.OrderOn(device)),
            Bit = point.Bit,
            FieldBits = point.FieldBits,
            Length = Math.Max(1, point.Length),
            Scale = signal.Scaling.Span is null ? signal.Scaling.Factor : 1m,
            Offset = signal.Scaling.Span is null ? signal.Scaling.Offset : 0m,
            Span = SpanOf(signal),
            States = states,
            Invalid = [.. (point.MarkerWords ?? "").Split([' ', '|'], StringSplitOptions.RemoveEmptyEntries)],
            Waveform = states is null ? Waveforms.For(type, signal.Unit, signal.FactorCode ?? "", signal.Role ?? "", point.Signal) : Waveforms.For(states, type),
        };
    }

    /// <summary>The two points of a signal; null if it has a factor.</summary>
    internal static PointSpan? SpanOf(Signal signal) =>
        signal.Scaling.Span is { } span ? new PointSpan(span.RawLow, span.RawHigh, span.Low, span.High) : null;

    /// <summary>The rules of a signal that is a state; null for others.</summary>
    internal static StateWord? StatesOf(Signal signal) => signal.States is { } states ? StateWord.Parse(states.Words) : null;

    private static PlantSimulator.WordOrder OrderOf(Drivers.Modbus.WordOrder order) => order switch
    {
        Drivers.Modbus.WordOrder.BigEndian => PlantSimulator.WordOrder.ABCD,
        Drivers.Modbus.WordOrder.WordSwap => PlantSimulator.WordOrder.CDAB,
        Drivers.Modbus.WordOrder.ByteSwap => PlantSimulator.WordOrder.BADC,
        Drivers.Modbus.WordOrder.LittleEndian => PlantSimulator.WordOrder.DCBA,
        Drivers.Modbus.WordOrder.WordSwapInHalves => PlantSimulator.WordOrder.CDABGHEF,
        Drivers.Modbus.WordOrder.HalfSwap => PlantSimulator.WordOrder.EFGHABCD,
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, "an order the simulator does not know"),
    };

    private static PointType TypeOf(RegisterType type) => type switch
    {
        RegisterType.Bool => PointType.Bool,
        RegisterType.Int8High => PointType.Int8High,
        RegisterType.Int8Low => PointType.Int8Low,
        RegisterType.UInt8High => PointType.UInt8High,
        RegisterType.UInt8Low => PointType.UInt8Low,
        RegisterType.Int16 => PointType.Int16,
        RegisterType.UInt16 => PointType.UInt16,
        RegisterType.SignMagnitude16 => PointType.SignMagnitude16,
        RegisterType.Int32 => PointType.Int32,
        RegisterType.UInt32 => PointType.UInt32,
        RegisterType.Int64 => PointType.Int64,
        RegisterType.UInt64 => PointType.UInt64,
        RegisterType.Mod10K32 => PointType.Mod10K32,
        RegisterType.Mod10K48 => PointType.Mod10K48,
        RegisterType.Mod10K64 => PointType.Mod10K64,
        RegisterType.Float16 => PointType.Float16,
        RegisterType.Float32 => PointType.Float32,
        RegisterType.Float64 => PointType.Float64,
        RegisterType.Bcd16 => PointType.Bcd16,
        RegisterType.Bcd32 => PointType.Bcd32,
        RegisterType.Bcd64 => PointType.Bcd64,
        RegisterType.Text => PointType.String,
        RegisterType.AsciiText => PointType.Ascii,
        RegisterType.GbkText => PointType.Gbk,
        RegisterType.HighCharacters => PointType.HighCharacters,
        RegisterType.LowCharacters => PointType.LowCharacters,
        RegisterType.BcdTime => PointType.BcdTime,
        RegisterType.SixWordTime => PointType.SixWordTime,
        RegisterType.Iec870Time => PointType.Iec870Time,
        RegisterType.UnixTime => PointType.UnixTime,
        RegisterType.Raw => PointType.Raw,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "a register type the simulator does not know"),
    };
}
