namespace EdgeGateway.Uplink;

/// <summary>The topics of one gateway (docs/wire.md §5).</summary>
internal sealed class Topics(string root, string site, string gateway)
{
    private readonly string _up = $"{root}/v1/{site}/{gateway}/up";

    public string Birth => $"{_up}/birth";

    public string Will => $"{_up}/will";

    /// <summary>Where the platform's commands come.</summary>
    public string Command { get; } = $"{root}/v1/{site}/{gateway}/dn/command";

    /// <summary>Where the platform's receipts come.</summary>
    public string Receipt { get; } = $"{root}/v1/{site}/{gateway}/dn/receipt";

    /// <summary>Everything this gateway publishes.</summary>
    public string Everything => $"{_up}/#";

    public string Live(string stream) => $"{_up}/{stream}/live";

    public string Backlog(string stream) => $"{_up}/{stream}/hist";

    public string Head(string stream) => $"{_up}/{stream}/head";

    /// <summary>What a receiver subscribes to, for all gateways of a city.</summary>
    public static string EveryGateway(string root) => $"{root}/v1/+/+/up/#";
}
