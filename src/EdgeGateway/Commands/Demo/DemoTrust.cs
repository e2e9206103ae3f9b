using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Security;
using EdgeGateway.PlantSimulator;
using EdgeGateway.PlantSimulator.OpcUa;

namespace EdgeGateway.Commands.Demo;

/// <summary>
/// What a person does before a gateway speaks with an OPC UA server: sees its certificate rejected, compares the fingerprint with what the server itself shows, accepts it. The demo does so
/// in the open, and with the gateway's own store.
/// </summary>
internal sealed class DemoTrust(string pki, TimeProvider time)
{
    private readonly TrustStore _store = new(pki, time);

    /// <summary>Accepts the certificates of simulated servers; what was done, for people. Nothing for a server that was accepted in this folder before.</summary>
    public IEnumerable<string> Accept(SimulatedPlant simulated) => simulated.Servers.Where(server => !server.Settings.HasNone && IsRejected(server)).Select(server =>
    {
        var shown = _store.List();
        try
        {
            var mine = shown.First(one => one.Place == StoredCertificate.Rejected && one.Fingerprint == server.Fingerprint);
            _store.Accept(mine.Thumbprint);
            return $"  {server.Name} shows the certificate {mine.Subject}, SHA-256 {mine.Fingerprint}. It is the simulated server's own, so the demo accepts it. "
                + $"On a real site a person compares and does this: EdgeGateway trust accept {mine.Thumbprint}";
        }
        finally
        {
            foreach (var one in shown) one.Dispose();
        }
    });

    private bool IsRejected(SimulatedServer server)
    {
        try
        {
            using var trusted = _store.Check(server.Identity.Certificate, new TrustExpectation(server.Settings.ApplicationUri, "127.0.0.1"));
            return false;
        }
        catch (OpcUaException e) when (e.Status == StatusCodes.BadCertificateUntrusted)
        {
            return true; // and now among the rejected ones, as after a gateway's first attempt
        }
    }
}
