using System.Collections.Immutable;
using EdgeGateway.Config;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Polling;
using EdgeGateway.Drivers.OpcUa.Security;
using EdgeGateway.PlantSimulator;
using EdgeGateway.PlantSimulator.OpcUa;

namespace EdgeGateway.Commands;

/// <summary>
/// The simulated twins of OPC UA servers: the same nodes by the URI of their namespace or by their path, the same user. A map says no types: they are guessed as a control system would have them.
/// </summary>
internal static class SimulatedServers
{
    private const string Standard = "http://opcfoundation.org/UA/";
    private static readonly TimeSpan QuickestScan = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SlowestScan = TimeSpan.FromSeconds(1);
    private static readonly string[] Switches = ["open", "opened", "closed", "running", "stopped", "on", "off", "alarm", "fault", "trip"];

    /// <summary>Why a server cannot be simulated, in words; null if it can.</summary>
    public static string? Refuse(Line line)
    {
        var settings = (OpcUaLine)line.Settings!; // of its protocol
        if (settings.Endpoint.Policy is { IsNone: false } policy && policy != SecurityPolicy.Basic256Sha256) return $"line {line.Name}: simulated servers speak Basic256Sha256 and None, not {policy.Name}. Name one of them in a copy of the site folder";
        if (settings.UserCertificateFile is not null) return $"line {line.Name}: simulated servers know users by name and password, not by certificate. Name one in a copy of the site folder";
        try
        {
            settings.ReadUser();
        }
        catch (OpcUaException e)
        {
            return $"line {line.Name}: {e.Message}";
        }
        var points = line.Devices.SelectMany(device => device.Groups).SelectMany(group => group.Poll.Points).Cast<OpcUaPoint>().ToList();
        if (points.Find(point => WhyNot(point) is not null) is { } strange) return $"line {line.Name}: {strange.Signal}: {WhyNot(strange)}. Leave it out in a copy of the site folder";
        var shared = line.Devices.SelectMany(device => device.Groups.SelectMany(group => group.Poll.Points).Cast<OpcUaPoint>().Select(point => (Node: point.Node.Text, device.Name)).Distinct())
            .GroupBy(entry => entry.Node).FirstOrDefault(same => same.Count() > 1);
        return shared is null ? null : $"line {line.Name}: {string.Join(" and ", shared.Select(entry => entry.Name))} share the node {shared.Key}, which cannot be simulated. Name it at one of them in a copy of the site folder";
    }

    /// <summary>The twin of a line.</summary>
    /// <param name="line">A line that is not refused.</param>
    /// <param name="certificates">Where the server keeps its certificate, in a folder of its name; null for a new one at each start.</param>
    public static SimulatedServer ServerOf(Line line, string? certificates)
    {
        var settings = (OpcUaLine)line.Settings!; // of its protocol
        var user = settings.ReadUser() as UserIdentity.Named;
        return new SimulatedServer(line.Name, [.. line.Devices.Select(device => DeviceOf(device))], new ServerSettings
        {
            ApplicationUri = $"urn:simulated-plant:{line.Name}",
            HasNone = settings.Endpoint.Policy is { IsNone: true },
            TakesAnonymous = user is null,
            Users = user is null ? ImmutableDictionary<string, string>.Empty : ImmutableDictionary<string, string>.Empty.Add(user.UserName, user.Password),
            CertificateFolder = certificates is null ? null : Path.Combine(certificates, line.Name),
            Scan = ScanOf(line),
        });
    }

    private static string? WhyNot(OpcUaPoint point)
    {
        if (point.IsEvidence) return "evidence: raw of an OPC UA node cannot be simulated";
        if (!point.Index.IsEmpty) return "an element of an array cannot be simulated";
        if (!point.Field.IsEmpty) return "a field of a structure cannot be simulated";
        if (point.Node.NamespaceUri is not { } uri) return "a namespace by its index cannot be simulated: name it by its URI (nsu=…)";
        return uri == Standard || point.Node.Path.Any(step => step.IsStandard) ? "a node of the standard itself cannot be simulated" : null;
    }

    // Twice in the shortest period, so that every slot can have a value of its own.
    private static TimeSpan ScanOf(Line line)
    {
        var half = line.Devices.SelectMany(device => device.Groups).Min(group => group.Poll.Period) / 2;
        return half < QuickestScan ? QuickestScan : half > SlowestScan ? SlowestScan : half;
    }

    private static UaDevice DeviceOf(Device device)
    {
        var isHeld = device.Settings is not OpcUaDevice { IsRead: true };
        return new UaDevice(device.Name, [.. device.Groups.SelectMany(group => group.Signals.Zip(group.Poll.Points, (signal, point) => PointOf(signal, (OpcUaPoint)point, isHeld)))]);
    }

    private static UaPoint PointOf(Signal signal, OpcUaPoint point, bool isHeld)
    {
        var type = TypeOf(signal, point.Signal);
        var states = SimulatedSite.StatesOf(signal);
        var isPlain = signal.Scaling.IsIdentity;
        return new UaPoint
        {
            Point = new SimulatedPoint
            {
                Name = point.Signal,
                Area = PointArea.Holding, // of registers, which there are none of
                Address = 0,
                Type = type,
                Length = 64,
                Scale = signal.Scaling.Span is null ? signal.Scaling.Factor : 1m,
                Offset = signal.Scaling.Span is null ? signal.Scaling.Offset : 0m,
                Span = SimulatedSite.SpanOf(signal),
                States = states,
                Waveform = states is null ? Waveforms.For(type, signal.Unit, signal.FactorCode ?? "", signal.Role ?? "", point.Signal) : Waveforms.For(states, type),
                IsHeld = isHeld,
            },
            NamespaceUri = point.Node.NamespaceUri!, // refused without
            Identifier = point.Node.Path.IsEmpty ? point.Node.Identifier.ToString() : "",
            Path = [.. point.Node.Path.Select(step => step.Name)],
            // What the site scales has another unit at the server, which nobody says.
            Unit = isPlain ? signal.Unit : "",
            Range = isPlain && double.IsFinite(signal.Min) && double.IsFinite(signal.Max) ? (signal.Min, signal.Max) : null,
        };
    }

    private static PointType TypeOf(Signal signal, string name)
    {
        if (signal.States is { } states) return states.Words.Any(char.IsAsciiDigit) ? PointType.Int32 : PointType.String;
        if (!signal.Scaling.IsIdentity) return PointType.Int32;
        if (signal.Unit.Length == 0 && Switches.Contains(name.Split('-', '_')[^1], StringComparer.OrdinalIgnoreCase)) return PointType.Bool;
        // A count needs more digits than a measurement.
        return Waveforms.For(signal.Unit, signal.FactorCode, signal.Role, name).Kind == WaveformKind.Counter ? PointType.Float64 : PointType.Float32;
    }
}
