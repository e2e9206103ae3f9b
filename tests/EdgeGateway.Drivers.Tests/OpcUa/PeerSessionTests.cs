using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>Sessions with a server written by others: every policy with every identity, and what is asked within.</summary>
public sealed class PeerSessionTests(PeerFixture peer) : IClassFixture<PeerFixture>, IAsyncLifetime
{
    private const string Plant = "urn:opcua-peer:plant";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, int, string> Ways
    {
        get
        {
            var data = new TheoryData<string, int, string>();
            foreach (var policy in SecurityPolicy.All)
                foreach (var mode in policy.IsNone ? new[] { MessageSecurityMode.None } : [MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt])
                    foreach (var user in new[] { "anonymous", "operator", "certificate" }) data.Add(policy.Name, (int)mode, user);
            return data;
        }
    }

    public ValueTask InitializeAsync() => peer.Start();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_session_opens_under_each_policy_for_each_user(string policy, int mode, string user)
    {
        await Trust();
        UserIdentity identity = user switch
        {
            "operator" => new UserIdentity.Named("operator", "pässword"),
            "certificate" => new UserIdentity.Certified(Certificates.Long),
            _ => new UserIdentity.Anonymous(),
        };
        var choice = new EndpointChoice(SecurityPolicy.All.Single(each => each.Name == policy), (MessageSecurityMode)mode);
        await using var session = await Open(Settings() with { Endpoint = choice, User = identity });
        var nodes = new NodeAccess(session, ServerLimits.Cautious);
        Assert.Contains(Plant, await nodes.ReadNamespacesAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_wrong_password_opens_nothing()
    {
        await Trust();
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => Open(Settings() with { User = new UserIdentity.Named("operator", "guess") }));
        Assert.True(refused.Status.Code == StatusCodes.BadUserAccessDenied || refused.Status.Code == StatusCodes.BadIdentityTokenRejected, refused.Message);
    }

    [Fact]
    public async Task An_unknown_certificate_is_refused_until_a_person_accepts_it()
    {
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => Open(Settings()));
        Assert.Equal(StatusCodes.BadCertificateUntrusted, refused.Status);
        var rejected = Assert.Single(Directory.GetFiles(Settings().Trust.RejectedCertificates));
        Assert.Contains(rejected, refused.Message, StringComparison.Ordinal);
        Assert.Contains(Settings().Trust.TrustedCertificates, refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<OpcUaException>(() => Open(Settings()));
        Assert.True(Settings().Trust.Accept(rejected.Split('[')[1].Split(']')[0]));
        await using var session = await Open(Settings());
        Assert.Equal(SecurityPolicy.Aes256Sha256RsaPss, session.Endpoint.Security.Policy);
        Assert.Equal(MessageSecurityMode.SignAndEncrypt, session.Endpoint.Security.Mode);
    }

    [Fact]
    public async Task Every_type_is_read_as_the_server_has_it()
    {
        await using var session = await OpenTrusted();
        var nodes = await Access(session);
        var ids = new[] { "Flag", "Int16", "UInt64", "Float", "Text", "Time", "Matrix", "Nothing" };
        var index = await PlantIndex(nodes);
        var values = await nodes.ReadAsync([.. ids.Select(id => new ReadValueId(new NodeId(id, index)))], CancellationToken.None);
        Assert.Equal(Variant.OfBits(BuiltInType.Boolean, 1), values[0].Value);
        Assert.Equal(Variant.OfBits(BuiltInType.Int16, -12345), values[1].Value);
        Assert.Equal(Variant.OfBits(BuiltInType.UInt64, unchecked((long)0xFFFFFFFFFFFFFFFE)), values[2].Value);
        Assert.Equal(Variant.OfFloat(-6.5f), values[3].Value);
        Assert.Equal("水Boy", values[4].Value.AsText);
        Assert.Equal(new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc), new OpcUaTime(values[5].Value.Bits).ToUtc());
        Assert.Equal(Variant.Of(BuiltInType.Int32, new Matrix(new[] { 1, 2, 3, 4, 5, 6 }, [2, 3])), values[6].Value);
        Assert.Equal(StatusCodes.BadNodeIdUnknown, values[7].Status);
    }

    [Fact]
    public async Task A_read_of_more_nodes_than_the_server_takes_is_split()
    {
        await using var session = await OpenTrusted();
        var nodes = await Access(session);
        Assert.Equal(100, nodes.Limits.Read);
        var index = await PlantIndex(nodes);
        var values = await nodes.ReadAsync([.. Enumerable.Range(0, 1050).Select(at => new ReadValueId(new NodeId($"Counter{at % 10}", index)))], CancellationToken.None);
        Assert.All(values, value => Assert.Equal(BuiltInType.Double, value.Value.Type));
    }

    [Fact]
    public async Task A_limit_that_the_server_does_not_tell_is_learnt()
    {
        await using var session = await OpenTrusted();
        var nodes = new NodeAccess(session, ServerLimits.Cautious);
        var values = await nodes.ReadAsync([.. Enumerable.Repeat(new ReadValueId(new NodeId(2258)), 450)], CancellationToken.None);
        Assert.All(values, value => Assert.Equal(BuiltInType.DateTime, value.Value.Type));
    }

    [Fact]
    public async Task Browsing_goes_on_to_the_last_page()
    {
        await using var session = await OpenTrusted();
        var nodes = await Access(session);
        var index = await PlantIndex(nodes);
        var plant = new BrowseDescription(new NodeId("Plant", index), BrowseDirection.Forward, new NodeId(33), true, 0);
        var all = await nodes.BrowseAsync(plant, CancellationToken.None);
        var paged = await nodes.BrowseAsync(plant, CancellationToken.None, referencesPerPage: 3);
        Assert.Contains(all, reference => reference.BrowseName.Name == "Counter9");
        Assert.Equal(all.Select(reference => reference.NodeId), paged.Select(reference => reference.NodeId));
    }

    [Fact]
    public async Task A_path_of_names_becomes_a_node_id()
    {
        await using var session = await OpenTrusted();
        var nodes = await Access(session);
        var index = await PlantIndex(nodes);
        var found = await nodes.TranslateAsync(
            [new(new NodeId(85), [new(index, "Plant"), new(index, "Text")]), new(new NodeId(85), [new(index, "Plant"), new(index, "Nothing")])], CancellationToken.None);
        Assert.Equal([new NodeId("Text", index), null], found);
    }

    [Fact]
    public async Task Registered_nodes_are_read_by_their_new_names()
    {
        await using var session = await OpenTrusted();
        var nodes = await Access(session);
        var registered = await nodes.RegisterAsync([new NodeId("Text", await PlantIndex(nodes))], CancellationToken.None);
        var values = await nodes.ReadAsync([new ReadValueId(registered[0])], CancellationToken.None);
        Assert.Equal("水Boy", values[0].Value.AsText);
    }

    [Fact]
    public async Task History_is_read_page_by_page_without_a_hole()
    {
        await using var session = await OpenTrusted();
        var nodes = await Access(session);
        var read = new List<double>();
        var from = OpcUaTime.From(new DateTimeOffset(2024, 1, 1, 0, 0, 1, TimeSpan.Zero));
        var to = OpcUaTime.From(new DateTimeOffset(2024, 1, 1, 1, 0, 0, TimeSpan.Zero));
        await nodes.ReadHistoryAsync(new NodeId("History", await PlantIndex(nodes)), from, to, 40, page => read.AddRange(page.Select(value => value.Value.AsDouble)), CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, 250).Select(value => (double)value), read);
    }

    [Fact]
    public async Task A_session_goes_on_over_a_new_channel()
    {
        await using var session = await OpenTrusted();
        var before = session.Id;
        await session.MoveAsync(CancellationToken.None);
        await session.MoveAsync(CancellationToken.None);
        Assert.Equal(before, session.Id);
        Assert.Contains(Plant, await (await Access(session)).ReadNamespacesAsync(CancellationToken.None));
    }

    private static async Task<NodeAccess> Access(Session session) => new(session, await ServerLimits.AskAsync(session, CancellationToken.None));

    private static async Task<ushort> PlantIndex(NodeAccess nodes) => (ushort)Array.IndexOf(await nodes.ReadNamespacesAsync(CancellationToken.None), Plant);

    private static Task<Session> Open(ClientSettings settings) => Session.OpenAsync(settings, TimeProvider.System, CancellationToken.None);

    private async Task<Session> OpenTrusted()
    {
        await Trust();
        return await Open(Settings());
    }

    private ClientSettings Settings() => peer.Settings(_folder.Path);

    private Task Trust() => peer.Trust(_folder.Path);
}
