using System.Text.RegularExpressions;

namespace EdgeGateway.SystemTests;

/// <summary>The sample site as it is: its control system is an OPC UA server that somebody has to accept, and everything else goes on before.</summary>
public sealed partial class SampleDcsTests
{
    private const int Good = 0;

    [Fact]
    public async Task Its_values_come_once_somebody_has_compared_the_fingerprint_and_accepted_it()
    {
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start();
        var site = new SiteCopy(folder.Sub("site"), platform.Url, hasOpcUa: true);
        await using var simulator = await site.Simulated();
        await using var gateway = site.Run();
        await gateway.Says("nobody has accepted");
        await gateway.Until(() => platform.QualitiesOf("cems-1.so2").Contains(Good), "a value of another line");

        await using var list = await RunningProgram.GatewayToEnd(1, "trust", "list", "--state", site.State);
        var thumbprint = Rejected().Match(list.Output).Groups[1].Value;
        await using var show = await RunningProgram.GatewayToEnd(0, "trust", "show", thumbprint, "--state", site.State);
        Assert.Contains(Fingerprint().Match(show.Output).Groups[1].Value, simulator.Said, StringComparison.Ordinal);
        await using var accept = await RunningProgram.GatewayToEnd(0, "trust", "accept", thumbprint, "--state", site.State);
        await gateway.Until(() => platform.QualitiesOf("dcs-1.load").Count(quality => quality == Good) >= 3, "three good slots");
        await gateway.Stops();

        await Judgement.Clean(site.SigningCertificate, platform.Save(folder.Sub("received.egb1")));
    }

    [GeneratedRegex(@"rejected +([0-9A-F]{40})")]
    private static partial Regex Rejected();

    [GeneratedRegex("SHA-256 +([0-9A-F:]+)")]
    private static partial Regex Fingerprint();
}
