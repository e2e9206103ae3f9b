using System.CommandLine;
using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Commands;

/// <summary>
/// A line without a site folder, on the command line: <c>--connect</c>, <c>--protocol</c>, and the protocols' own keys and columns by their names in
/// plant files, read by the same rules.
/// </summary>
internal sealed class ProtocolOptions
{
    private readonly Option<string?> _connect = new("--connect") { Description = "Ask here instead of on a line of a site: tcp://host:port, serial:///dev/ttyUSB0?baud=9600 or opc.tcp://host:4840.", HelpName = "ADDRESS" };
    private readonly Option<string?> _protocol = new("--protocol") { Description = $"With --connect: {string.Join(", ", DriverCatalog.All.Select(type => type.Name))}.", HelpName = "PROTOCOL" };
    private readonly Dictionary<string, Option<string?>> _keys = [];

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="keysOf">The keys of a protocol that the command needs.</param>
    public ProtocolOptions(Command command, Func<DriverType, IEnumerable<string>> keysOf)
    {
        command.Options.Add(_connect);
        command.Options.Add(_protocol);
        foreach (var key in DriverCatalog.All.SelectMany(keysOf).Distinct())
        {
            _keys[key] = new Option<string?>($"--{key}") { Description = $"With --connect: {key}, as in plant files ({string.Join(", ", DriverCatalog.All.Where(type => keysOf(type).Contains(key)).Select(type => type.Name))}).", HelpName = "VALUE" };
            command.Options.Add(_keys[key]);
        }
    }

    /// <summary>True if the command line describes a line.</summary>
    public bool AreGiven(ParseResult parse) => parse.GetValue(_connect) is not null;

    /// <summary>True if an option stands there that makes sense with <c>--connect</c> only.</summary>
    public string? Stray(ParseResult parse) => _keys.Values.Append(_protocol).FirstOrDefault(option => parse.GetValue(option) is not null)?.Name;

    /// <summary>The line's address and protocol; null after every fault was told.</summary>
    public (Uri Connect, DriverType Protocol)? ReadLine(ParseResult parse, Action<string> refuse)
    {
        var name = parse.GetValue(_protocol);
        var protocol = name is null ? null : DriverCatalog.Find(name);
        if (protocol is null)
        {
            refuse($"--protocol {name}: expected one of {string.Join(", ", DriverCatalog.All.Select(type => type.Name))}");
            return null;
        }
        var foreign = _keys.Where(pair => parse.GetValue(pair.Value) is not null && !protocol.LineKeys.Concat(protocol.DeviceKeys).Concat(protocol.PointColumns).Contains(pair.Key)).Select(pair => pair.Value.Name).ToList();
        foreach (var option in foreign) refuse($"{option}: {protocol.Name} has no such key");
        var text = parse.GetValue(_connect)!; // AreGiven was asked
        if (!Uri.TryCreate(text, UriKind.Absolute, out var connect) || !protocol.Schemes.Contains(connect.Scheme))
            refuse($"--connect {text}: expected an address that starts with {string.Join(" or ", protocol.Schemes.Select(scheme => $"{scheme}://"))}, as {protocol.Name} has it");
        else if (connect.Scheme == SerialAddress.Scheme && SerialAddress.Parse(connect, out var form) is null)
            refuse($"--connect {text}: expected {form}");
        else if (protocol.AddressNeeded(connect) is { } address)
            refuse($"--connect {text}: expected {address}");
        else if (connect.Scheme == "tcp" && !(Endpoint.IsBare(connect) && connect.Port > 0))
            refuse($"--connect {text}: expected tcp://host:port and nothing else in it, port 1 to 65535");
        else if (WhyNotDialled(connect) is { } reason)
            refuse($"--connect {text}: {reason}");
        else if (foreign.Count == 0)
            return (connect, protocol);
        return null;
    }

    /// <summary>Why a command cannot ask at this address by itself; null if it can.</summary>
    public static string? WhyNotDialled(Uri connect) => connect.Scheme == DialInAddress.Scheme
        ? "a device that dials in cannot be dialled; let the gateway run and look at its readings, or ask the device at an address of its own"
        : null;

    /// <summary>The line's own keys, by the protocol's rules; null for a protocol without any, and after every fault was told.</summary>
    public LineSettings? ReadLineKeys(ParseResult parse, DriverType protocol, Action<string> refuse) => protocol.ReadLine(Row(parse, protocol.LineKeys, refuse));

    /// <summary>The device, by the protocol's rules for its keys; null after every fault was told.</summary>
    public DeviceSettings? ReadDevice(ParseResult parse, DriverType protocol, Action<string> refuse) => protocol.ReadDevice(Row(parse, protocol.DeviceKeys, refuse));

    /// <summary>The point, by the protocol's rules for its columns; null after every fault was told.</summary>
    public DevicePoint? ReadPoint(ParseResult parse, DriverType protocol, string signal, Action<string> refuse) => protocol.ReadPoint(signal, Row(parse, protocol.PointColumns, refuse));

    private SettingRow Row(ParseResult parse, IEnumerable<string> keys, Action<string> refuse)
    {
        var cells = keys.Where(_keys.ContainsKey).ToDictionary(key => key, key => parse.GetValue(_keys[key]) ?? "");
        return new SettingRow(cells, fault => refuse($"--{fault.Key}{(fault.Found == "nothing" ? " is missing" : $" {fault.Found}")}: expected {fault.Expected}; fix: {fault.Fix}"));
    }
}
