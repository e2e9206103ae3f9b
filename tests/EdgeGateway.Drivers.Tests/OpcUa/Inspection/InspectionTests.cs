using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Inspection;
using EdgeGateway.Drivers.OpcUa.Security;
using EdgeGateway.Drivers.Tests.OpcUa.Scripted;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.OpcUa.Inspection;

/// <summary>What is reported of a server that is scripted, and which warnings it deserves.</summary>
public sealed class InspectionTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ScriptedServer _server = new();

    public ValueTask InitializeAsync()
    {
        File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(_folder.Sub("trusted", "certs")).FullName, "server.der"), _server.Certificate.RawData);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_server_that_tells_nothing_of_itself_is_reported_all_the_same()
    {
        var report = await Inspect();
        var session = report.Session!; // it lets us in
        Assert.Equal(("Aes256_Sha256_RsaPss", MessageSecurityMode.SignAndEncrypt), (session.Policy, session.Mode));
        Assert.Equal(0, session.NumberOf(ToldNodes.State));
        Assert.All(session.Limits, told => Assert.Null(told.Value));
        Assert.Null(session.ClockAhead);
        Assert.Equal(10, session.RoundTrips.Count);
    }

    [Fact]
    public async Task Every_endpoint_has_its_reason_and_one_is_taken()
    {
        var verdicts = (await Inspect()).Endpoints;
        Assert.Equal("Aes256_Sha256_RsaPss", verdicts.Single(verdict => verdict.IsTaken).Policy);
        Assert.Contains("only where security: None is written", verdicts.Single(verdict => verdict.Policy == "None").WhyNot, StringComparison.Ordinal);
        Assert.Equal(2, verdicts.Count(verdict => verdict.WhyNot == "weaker than the one that is taken"));
    }

    [Fact]
    public async Task What_the_site_names_is_the_reason_against_the_others()
    {
        var verdicts = (await Inspect(new EndpointChoice(SecurityPolicy.Basic256Sha256, MessageSecurityMode.Sign))).Endpoints;
        Assert.Contains(verdicts, verdict => verdict.WhyNot == "security names Basic256Sha256 only");
        Assert.Contains(verdicts, verdict => verdict.WhyNot == "security-mode names Sign only");
    }

    [Fact]
    public async Task An_unknown_server_is_reported_from_outside_with_what_to_do()
    {
        File.Delete(_folder.Sub("trusted", "certs", "server.der"));
        var report = await Inspect();
        Assert.Null(report.Session);
        Assert.Equal(StatusCodes.BadCertificateUntrusted, report.Certificate!.Trouble!.Status); // it shows one, and nobody knows it
        var warning = Assert.Single(Warnings.Of(report), warning => warning.Found == "its certificate is not trusted here");
        Assert.Contains("trust accept", warning.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(Warnings.Of(report), other => other.Found == "no session could be opened");
    }

    [Fact]
    public async Task A_server_without_security_is_warned_of()
    {
        _server.OnEndpoints = (_, offered) => [.. offered.Where(each => each.Mode == MessageSecurityMode.None)];
        var report = await Inspect();
        Assert.Contains(Warnings.Of(report), warning => warning.Found == "the server offers no endpoint with security");
        Assert.Contains(Warnings.Of(report), warning => warning.Found == "no session could be opened" && warning.Remedy.Contains("security", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deprecated_policies_and_another_name_of_the_host_are_warned_of()
    {
        _server.OnEndpoints = (_, offered) => [.. offered, offered[1] with { SecurityPolicyUri = "http://opcfoundation.org/UA/SecurityPolicy#Basic128Rsa15", Url = "opc.tcp://plc-7:4840" }];
        var found = Warnings.Of(await Inspect()).Select(warning => warning.Found).ToList();
        Assert.Contains("it offers Basic128Rsa15, which rest on SHA-1", found);
        Assert.Contains("it calls itself plc-7, and was asked at 127.0.0.1", found);
    }

    [Fact]
    public async Task Certificates_that_end_within_a_month_are_warned_of()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(_server.Certificate.NotAfter.ToUniversalTime()).AddDays(-12));
        using var own = ApplicationCertificate.Create("EdgeGateway ending", Certificates.Uri, ["localhost"], new FakeTimeProvider(time.GetUtcNow().AddYears(-5).AddDays(10)));
        var report = await Inspect(settings: each => each with { Trust = new TrustStore(_folder.Path, time), Own = own }, time: time);
        var found = Warnings.Of(report).Select(warning => warning.Found).ToList();
        Assert.Contains("its certificate is valid for 12 more days", found);
        Assert.Contains(found, text => text.StartsWith($"our own certificate {own.Thumbprint} ends at", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ToldNodes.State, 1, "the server says that it is not running (state 1)")]
    [InlineData(ToldNodes.ServiceLevel, 120, "its service level is 120 of 255")]
    [InlineData(ToldNodes.MaxNodesPerRead, 5, "it takes 5 nodes in one read")]
    [InlineData(ToldNodes.MaxMonitoredItemsPerCall, 20, "it takes 20 monitored items in one call")]
    public async Task What_a_server_tells_of_its_state_and_limits_is_judged(string key, int number, string said)
    {
        var report = await Inspect();
        var told = new ToldValue(key, "", Variant.OfBits(BuiltInType.UInt32, number));
        var session = report.Session! with { Status = [told, .. report.Session!.Status], Limits = [told, .. report.Session!.Limits] }; // it lets us in
        Assert.Contains(Warnings.Of(report with { Session = session }), warning => warning.Found == said);
        Assert.DoesNotContain(Warnings.Of(report), warning => warning.Found == said);
    }

    [Theory]
    [InlineData(3, "its clock is 3.0 s ahead of ours")]
    [InlineData(-61200, "its clock is 61200.0 s behind ours")]
    public async Task A_clock_that_is_off_is_told_with_its_side(int seconds, string said)
    {
        var report = await Inspect();
        Assert.Contains(Warnings.Of(report with { Session = report.Session! with { ClockAhead = TimeSpan.FromSeconds(seconds) } }), warning => warning.Found == said); // it lets us in
    }

    private async Task<ServerReport> Inspect(EndpointChoice? choice = null, Func<ClientSettings, ClientSettings>? settings = null, TimeProvider? time = null)
    {
        var usual = new ClientSettings
        {
            Url = new Uri(_server.Url),
            ApplicationUri = Certificates.Uri,
            Dial = _server.Dial,
            Trust = new TrustStore(_folder.Path, TimeProvider.System),
            Own = Certificates.Own,
            Endpoint = choice ?? new(),
        };
        return await new ServerInspection(settings?.Invoke(usual) ?? usual, time ?? TimeProvider.System).RunAsync(CancellationToken.None);
    }
}
