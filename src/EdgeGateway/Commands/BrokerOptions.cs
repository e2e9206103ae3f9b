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

    // A password that stands in a url is not repeated: messages end up in logs.
    private static Uri? ReadUrl(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("mqtt" or "mqtts") && Endpoint.IsBare(url)) return url;
        result.AddError($"--broker {(text.Contains('@') ? "with a name or password in it" : text)}: expected mqtt://host:port or mqtts://host:port and nothing else; names and passwords go into --username and --password-file");
        return null;
    }
}
