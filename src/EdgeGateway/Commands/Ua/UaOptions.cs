using System.CommandLine;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Polling;

namespace EdgeGateway.Commands.Ua;

/// <summary>
/// Which OPC UA server a command is for and who asks: an address with the keys that a line would have, or a line of the site. Identity, certificate and trust are those of the gateway
/// whose site folder it is, so that whoever accepts a server for one has accepted it for the other.
/// </summary>
internal sealed class UaOptions
{
    private const string SessionTimeout = "session-timeout"; // these sessions are short

    private static readonly Dictionary<string, (string Text, string Value)> Words = new()
    {
        ["security"] = ("The only policy that is taken: best (default), Aes256_Sha256_RsaPss, Basic256Sha256, Aes128_Sha256_RsaOaep, or None for no protection at all.", "POLICY"),
        ["security-mode"] = ("The only mode that is taken: sign-and-encrypt (default where offered) or sign.", "MODE"),
        ["username"] = ("The user; without it nobody in particular.", "NAME"),
        ["password-file"] = ("File with the user's password in its first line.", "FILE"),
        ["user-certificate"] = ("File with the user's certificate (PEM).", "FILE"),
        ["user-key"] = ("File with its private key (PEM).", "FILE"),
        ["ignore-host"] = ("yes: take a certificate for another host name, as behind address translation.", "yes|no"),
        ["allow-expired"] = ("yes: take a certificate outside its time.", "yes|no"),
        ["allow-old-revocation-list"] = ("yes: take a revocation list whose successor is overdue.", "yes|no"),
    };

    private readonly Argument<string> _server = new("SERVER") { Description = "opc.tcp://host:port/path, or a line of the site." };
    private readonly Option<string> _site = SiteOption.Create();
    private readonly Option<string?> _state = new("--state") { Description = "State folder of the gateway, with its certificate and whom it trusts. Default: 'state' below the site folder.", HelpName = "FOLDER" };
    private readonly Option<string?> _passwordVariable = new("--password-env") { Description = "Name of the environment variable that holds the password of --username. The password itself never stands on a command line.", HelpName = "NAME" };
    private readonly Dictionary<string, Option<string?>> _keys = [];
    private readonly OpcUaType _type = new();

    /// <summary>Adds the options to a command.</summary>
    public UaOptions(Command command)
    {
        command.Arguments.Add(_server);
        foreach (var key in _type.LineKeys.Where(key => key != SessionTimeout))
        {
            var (text, value) = Words[key];
            _keys[key] = new Option<string?>($"--{key}") { Description = text, HelpName = value };
            command.Options.Add(_keys[key]);
        }
        command.Options.Add(_passwordVariable);
        command.Options.Add(_site);
        command.Options.Add(_state);
    }

    /// <summary>Who is to be asked, and as whom; null after every fault was told.</summary>
    public UaTarget? Read(ParseResult parse, Action<string> refuse)
    {
        var server = parse.GetRequiredValue(_server);
        return server.Contains("://", StringComparison.Ordinal) ? OfAddress(parse, server, refuse) : OfLine(parse, server, refuse);
    }

    private UaTarget? OfAddress(ParseResult parse, string server, Action<string> refuse)
    {
        if (!Uri.TryCreate(server, UriKind.Absolute, out var connect) || _type.AddressNeeded(connect) is not null)
        {
            refuse($"{(connect?.UserInfo.Length > 0 ? "an address with a name or password in it" : server)}: expected opc.tcp://host:port, with the server's path behind it if it has one, port 1 to 65535; names go into --username, "
                + "passwords into a file (--password-file) or a variable (--password-env)");
            return null;
        }
        var (isRead, user) = ReadUser(parse, refuse);
        if (!isRead) return null;
        if (ReadLine(parse, isUserGiven: user is not null, refuse) is not { } line) return null;
        var folder = parse.GetValue(_site)!; // has a default
        if (!File.Exists(Path.Combine(folder, SiteReader.FileName))) return new UaTarget(connect, line, user, UaTarget.Nobody, Path.GetFullPath(Path.Combine(StateOf(parse), UaTarget.NobodysFolder)));
        return GatewayOf(folder, refuse) is { } gateway ? new UaTarget(connect, line, user, gateway, Path.GetFullPath(StateOf(parse))) : null;
    }

    private UaTarget? OfLine(ParseResult parse, string name, Action<string> refuse)
    {
        if (_keys.Values.Append(_passwordVariable).FirstOrDefault(option => parse.GetValue(option) is not null) is { } stray)
        {
            refuse($"{stray.Name} is for a server that no site describes: write its address instead of {name}, or leave it out");
            return null;
        }
        if (SiteOption.Load(parse.GetValue(_site)!) is not { } plant) return null; // has a default
        var lines = plant.Lines.Where(line => line.Protocol.Schemes.Contains("opc.tcp")).ToList();
        if (lines.FirstOrDefault(line => line.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } found)
        {
            refuse($"{name} is no OPC UA line of the site: expected opc.tcp://host:port{(lines.Count > 0 ? $" or one of {string.Join(", ", lines.Select(line => line.Name))}" : "")}");
            return null;
        }
        return new UaTarget(found.Connect, found.Settings as OpcUaLine ?? new OpcUaLine(), null, $"{plant.Site}/{plant.Gateway}", Path.GetFullPath(StateOf(parse)));
    }

    private string StateOf(ParseResult parse) => parse.GetValue(_state) ?? Path.Combine(parse.GetValue(_site)!, "state"); // has a default

    /// <summary>A password of the environment, with its user.</summary>
    private (bool IsRead, UserIdentity? User) ReadUser(ParseResult parse, Action<string> refuse)
    {
        if (parse.GetValue(_passwordVariable) is not { } variable) return (true, null);
        if (parse.GetValue(_keys["username"]) is not { } name) refuse("--password-env: expected --username beside it");
        else if (parse.GetValue(_keys["password-file"]) is not null) refuse("--password-env: expected either it or --password-file");
        else if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } password) refuse($"--password-env {variable}: the environment has no variable of this name, or it is empty; set it to the password for this command only");
        else return (true, new UserIdentity.Named(name, password));
        return (false, null);
    }

    private OpcUaLine? ReadLine(ParseResult parse, bool isUserGiven, Action<string> refuse)
    {
        var cells = _keys.Where(pair => !(isUserGiven && pair.Key == "username")).ToDictionary(pair => pair.Key, pair => parse.GetValue(pair.Value) ?? "");
        var row = new SettingRow(cells, fault => refuse($"--{fault.Key}{(fault.Found == "nothing" ? " is missing" : $" {fault.Found}")}: expected {fault.Expected}; fix: {fault.Fix}"));
        foreach (var key in _type.LineFiles)
            if (row.Text(key) is { } file && !File.Exists(file)) row.Refuse(key, file, "a file that is there", $"correct --{key}");
        return _type.ReadLine(row) is OpcUaLine line && !row.HasFaults ? line : null;
    }

    private static string? GatewayOf(string folder, Action<string> refuse)
    {
        var faults = new FaultList();
        if (SiteFolder.Open(folder, faults) is { } files && new SiteReader(files, faults).Read() is { } site) return $"{site.Site}/{site.Gateway}";
        foreach (var fault in faults.InOrder()) refuse(fault.ToString());
        refuse($"the name that servers know this gateway by stands in {Path.Combine(folder, SiteReader.FileName)}: correct it, or name another folder in --site");
        return null;
    }
}
