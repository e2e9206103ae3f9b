using System.CommandLine;
using EdgeGateway.Config;

namespace EdgeGateway.Commands;

/// <summary>The options with which a command without a site folder reaches a broker.</summary>
internal sealed class BrokerOptions
{
    private readonly Option<Uri> _url = new("--broker") { Description = "mqtt://host:1883 or mqtts://host:8883.", Required = true, HelpName = "URL" };
    private readonly Option<string> _root = new("--root") { Description = "First topic level(s).", DefaultValueFactory = _ => "ega" };
    private readonly Option<string?> _ca = new("--ca") { Description = "PEM file with the CA that signed the broker's certificate. Default: the system's roots.", HelpName = "FILE" };
    private readonly Option<string?> _certificate = new("--client-cert") { Description = "PEM file with a TLS client certificate.", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--client-key") { Description = "PEM file with its key.", HelpName = "FILE" };
    private readonly Option<string?> _user = new("--username") { Description = "User name at the broker." };
    private readonly Option<string?> _password = new("--password-file") { Description = "File with the password on its first line.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _url, _root, _ca, _certificate, _key, _user, _password }) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_url) is { } url && url.Scheme is not ("mqtt" or "mqtts")) result.AddError($"--broker {url}: expected mqtt://host:port or mqtts://host:port");
        });
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
}
