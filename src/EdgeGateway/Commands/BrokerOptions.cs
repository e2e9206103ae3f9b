using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeGateway.Config;

namespace EdgeGateway.Commands;

/// <summary>The options with which a command without a site folder reaches a broker.</summary>
internal sealed class BrokerOptions
{
    private readonly Option<Uri> _url = new("--broker")
    {
        Description = "mqtt://host:1883 or mqtts://host:8883.",
        Required = true,
        HelpName = "URL",
        CustomParser = ReadUrl, // the library has no parser of its own for a Uri
    };
    private readonly Option<string> _root = new("--root") { Description = "First topic level(s).", DefaultValueFactory = _ => "ega" };
    private readonly Option<string?> _ca = new("--ca") { Description = "PEM file with the CA that signed the broker's certificate. Default: the system's roots.", HelpName = "FILE" };
    private readonly Option<string?> _certificate = new("--client-cert") { Description = "PEM file with a TLS client certificate.", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--client-key") { Description = "PEM file with its key.", HelpName = "FILE" };
    private readonly Option<string?> _user = new("--username") { Description = "User name at the broker." };
    private readonly Option<string?> _password = new("--password-file") { Description = "File with the password on its first line.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _url, _root, _ca, _certificate, _key, _user, _password }) command.Add(option);
        command.Validators.Add(Check);
    }

    public BrokerSettings Read(ParseResult parse) => new()
    {
        Urls = [parse.GetRequiredValue(_url)],
        Root = parse.GetRequiredValue(_root),
        CaFile = parse.GetValue(_ca),
        ClientCertificateFile = parse.GetValue(_certificate),
        ClientKeyFile = parse.GetValue(_key),
        UserName = parse.GetValue(_user),
        PasswordFile = parse.GetValue(_password),
    };

    // As strict as site.yaml: an option that would have no effect, or a file that is not there, is told before anything starts.
    private void Check(CommandResult result)
    {
        foreach (var option in new[] { _ca, _certificate, _key, _password })
            if (result.GetValue(option) is { } file && !File.Exists(file))
                result.AddError($"{option.Name} {file}: there is no such file; correct the name, or put the file there");
        // By its text: the value of a url that is refused itself cannot be asked for.
        var isPlain = result.GetResult(_url)?.Tokens is [{ Value: var url }] && url.StartsWith("mqtt://", StringComparison.OrdinalIgnoreCase);
        foreach (var option in new[] { _ca, _certificate, _key })
            if (isPlain && result.GetValue(option) is not null)
                result.AddError($"{option.Name} is for mqtts:// only; write --broker mqtts://…, or leave it out");
        if (result.GetValue(_certificate) is null != result.GetValue(_key) is null)
            result.AddError("--client-cert and --client-key belong together; give both, or none");
        if (result.GetValue(_password) is not null && result.GetValue(_user) is null)
            result.AddError("--password-file needs --username");
    }

    // A password that stands in a url is not repeated: messages end up in logs.
    private static Uri? ReadUrl(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("mqtt" or "mqtts") && Endpoint.IsBare(url)) return url;
        result.AddError($"--broker {(text.Contains('@') ? "with a name or password in it" : text)}: expected mqtt://host:port or mqtts://host:port and nothing else; names and passwords go into --username and --password-file");
        return null;
    }
}
