using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.PlantSimulator;
using EdgeGateway.PlantSimulator.OpcUa;

namespace EdgeGateway.Drivers.Tests.OpcUa.Simulator;

/// <summary>Our own client against the simulated server: its services, its limits and its faults.</summary>
public sealed class SimulatorClientTests
{
    private static readonly NodeId Number = new("Boiler.number", 2);

    [Fact]
    public async Task Reading_is_split_by_the_limits_that_the_server_tells_and_keeps()
    {
        await using var dcs = await SimulatedDcs.Start(new ServerSettings { MaxNodesPerRead = 7 });
        await using var client = new OwnClient(dcs);
        await using var session = await client.Open();
        var limits = await ServerLimits.AskAsync(session, CancellationToken.None);
        Assert.Equal(7, limits.Read);
        var values = await new NodeAccess(session, limits).ReadAsync([.. Enumerable.Repeat(new ReadValueId(Number), 50)], CancellationToken.None);
        Assert.All(values, value => Assert.Equal(BuiltInType.Double, value.Value.Type));
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => session.CallAsync(new ReadRequest(0, TimestampsToReturn.Both, [.. Enumerable.Repeat(new ReadValueId(Number), 8)]), CancellationToken.None));
        Assert.Equal(StatusCodes.BadTooManyOperations, refused.Status);
    }

    [Fact]
    public async Task Browsing_goes_on_to_the_last_page_and_a_path_becomes_a_node_id()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var client = new OwnClient(dcs);
        await using var session = await client.Open();
        var nodes = new NodeAccess(session, ServerLimits.Cautious);
        var found = await nodes.BrowseAsync(new BrowseDescription(new NodeId("boiler", 1), BrowseDirection.Forward, new NodeId(33), true, 0), CancellationToken.None, referencesPerPage: 2);
        Assert.Equal(["level", "count", "switch", "text", "number", "still"], found.Select(reference => reference.BrowseName.Name));
        var translated = await nodes.TranslateAsync([new(new NodeId(85), [new(2, "Plant"), new(2, "Tank 1"), new(2, "PV")])], CancellationToken.None);
        Assert.Equal([new NodeId("/Plant/Tank 1/PV", 2)], translated);
    }

    [Fact]
    public async Task A_named_user_comes_in_with_the_right_password_only()
    {
        await using var dcs = await SimulatedDcs.Start(new ServerSettings { Users = SimulatedDcs.Users, TakesAnonymous = false });
        await using var client = new OwnClient(dcs);
        await using var session = await client.Open(new UserIdentity.Named("operator", "pässword"));
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => client.Open(new UserIdentity.Named("operator", "guess")));
        Assert.Equal(StatusCodes.BadUserAccessDenied, refused.Status);
    }

    [Fact]
    public async Task Keys_of_4096_bits_have_the_other_padding()
    {
        await using var dcs = await SimulatedDcs.Start(new ServerSettings { Users = SimulatedDcs.Users, KeyBits = 4096 });
        await using var client = new OwnClient(dcs);
        await using var session = await Session.OpenAsync(client.Settings with { Own = Certificates.Long, User = new UserIdentity.Named("operator", "pässword") }, TimeProvider.System, CancellationToken.None);
        Assert.Equal(SimulatedDcs.Uri, (await new NodeAccess(session, ServerLimits.Cautious).ReadNamespacesAsync(CancellationToken.None))[2]);
    }

    [Fact]
    public async Task A_cut_link_loses_no_value_and_no_session()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var client = new OwnClient(dcs);
        client.Watch("number");
        await client.Values(20);
        client.Link.Mode = LinkMode.Cut;
        await Eventually.Is(() => !client.Sink.Downs.IsEmpty, client.Sink.ToString);
        client.Link.Mode = LinkMode.Pass;
        await client.Values(100);
        Assert.Equal([false, true], client.Sink.Ups);
        AssertNoGap(client.Sink.Of(0));
        Assert.Empty(client.Sink.Losses);
        Assert.Equal(1, dcs.Server.SessionCount);
    }

    [Fact]
    public async Task After_a_restart_with_other_indices_the_same_nodes_bring_values()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var client = new OwnClient(dcs);
        client.Watch("number");
        await client.Values(20);
        dcs.Server.Restart(shiftNamespaces: true);
        await Eventually.Is(() => client.Sink.Ups.Count == 2, client.Sink.ToString);
        var before = client.Sink.All.Count;
        await Eventually.Is(() => client.Sink.All.Count > before + 20, client.Sink.ToString);
        Assert.NotEqual(SimulatedDcs.Uri, dcs.Server.Space.Namespaces[2]);
        Assert.Single(client.Sink.Losses);
        Assert.Empty(client.Sink.RefusedNodes);
        Assert.Equal(1, dcs.Server.SubscriptionCount);
    }

    [Fact]
    public async Task A_server_with_another_certificate_is_refused_until_it_is_accepted()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var client = new OwnClient(dcs);
        client.Watch("number");
        await client.Values(5);
        dcs.Server.Restart(newCertificate: true);
        await Eventually.Is(() => client.Sink.Downs.Any(down => down.Status == StatusCodes.BadCertificateUntrusted), client.Sink.ToString);
        client.Accept();
        await Eventually.Is(() => client.Sink.Ups.Count == 2, client.Sink.ToString);
    }

    [Fact]
    public async Task A_session_with_the_certificate_of_somebody_else_is_refused()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var client = new OwnClient(dcs);
        dcs.Server.Fault = Fault.WrongCertificate;
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => client.Open());
        Assert.Equal(StatusCodes.BadCertificateInvalid, refused.Status);
    }

    [Fact]
    public async Task A_silent_server_is_noticed_and_loses_no_value()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var client = new OwnClient(dcs);
        client.Watch("number");
        await client.Values(20);
        dcs.Server.Fault = Fault.Silent;
        await Eventually.Is(() => !client.Sink.Downs.IsEmpty, client.Sink.ToString);
        dcs.Server.Fault = Fault.None;
        var before = client.Sink.Of(0).Length;
        await client.Values(before + 20);
        AssertNoGap(client.Sink.Of(0)[..before]);
    }

    [Fact]
    public async Task A_device_that_the_server_does_not_reach_has_a_status_instead_of_a_value()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var client = new OwnClient(dcs);
        await using var session = await client.Open();
        var nodes = new NodeAccess(session, ServerLimits.Cautious);
        await Expect(Fault.Silent, StatusCodes.BadNoCommunication);
        await Expect(Fault.BadStatus(0x808B0000), new StatusCode(0x808B0000));
        await Expect(Fault.None, StatusCodes.Good);

        async Task Expect(Fault fault, StatusCode status)
        {
            dcs.Boiler.Fault = fault;
            for (var patience = 0; patience < 500; patience++)
            {
                var value = (await nodes.ReadAsync([new ReadValueId(Number)], CancellationToken.None))[0];
                if (value.Status == status && value.Value.IsNull == !status.IsGood) return;
            }
            Assert.Fail($"{fault.Kind} never brought {status}");
        }
    }

    [Fact]
    public async Task Overflow_on_demand_is_told_in_the_status()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var client = new OwnClient(dcs);
        await using var session = await client.Open();
        dcs.Server.Fault = Fault.QueueOverflow;
        var subscription = await session.CallAsync(new CreateSubscriptionRequest(400, 1000, 10, 1000), CancellationToken.None);
        await session.CallAsync(new CreateMonitoredItemsRequest(subscription.SubscriptionId, [new MonitoredItemRequest(new ReadValueId(Number), 1, 0, 100, null)]), CancellationToken.None);
        await session.CallAsync(new PublishRequest([]), CancellationToken.None);
        var told = await session.CallAsync(new PublishRequest([]), CancellationToken.None);
        Assert.Equal(0x480u, told.Message.Values.Single().Value.Status.Value & 0x480u);
    }

    [Fact]
    public async Task A_message_that_was_not_acknowledged_can_be_had_again()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var client = new OwnClient(dcs);
        await using var session = await client.Open();
        var id = await Subscribe(session);
        var told = await session.CallAsync(new PublishRequest([]), CancellationToken.None);
        var again = await session.CallAsync(new RepublishRequest(id, told.Message.SequenceNumber), CancellationToken.None);
        Assert.Equal(told.Message.Values, again.Message.Values);
        var next = await session.CallAsync(new PublishRequest([new(id, told.Message.SequenceNumber), new(id, 99)]), CancellationToken.None);
        Assert.Equal([StatusCodes.Good, StatusCodes.BadSequenceNumberUnknown], next.Results);
        var gone = await Assert.ThrowsAsync<OpcUaException>(() => session.CallAsync(new RepublishRequest(id, told.Message.SequenceNumber), CancellationToken.None));
        Assert.Equal(StatusCodes.BadMessageNotAvailable, gone.Status);
    }

    [Fact]
    public async Task A_subscription_goes_over_to_another_session_of_the_same_application()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var client = new OwnClient(dcs);
        var first = await client.Open();
        var id = await Subscribe(first);
        await using var stranger = await client.OpenBare();
        Assert.Equal(StatusCodes.BadUserAccessDenied, (await stranger.CallAsync(new TransferSubscriptionsRequest([id], true), CancellationToken.None)).Results.Single().Status);
        await first.CloseAsync(deleteSubscriptions: false);
        await using var second = await client.Open();
        Assert.Equal(StatusCodes.Good, (await second.CallAsync(new TransferSubscriptionsRequest([id], true), CancellationToken.None)).Results.Single().Status);
        Assert.Equal(id, (await second.CallAsync(new PublishRequest([]), CancellationToken.None)).SubscriptionId);
    }

    [Fact]
    public async Task A_subscription_that_nobody_asks_about_ends()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var client = new OwnClient(dcs);
        await using var session = await client.Open();
        await session.CallAsync(new CreateSubscriptionRequest(40, 3, 1, 1000), CancellationToken.None);
        await Eventually.Is(() => dcs.Server.SubscriptionCount == 0, () => "it lives on");
        var last = await session.CallAsync(new PublishRequest([]), CancellationToken.None);
        Assert.Equal(StatusCodes.BadTimeout, last.Message.StatusChange);
    }

    [Fact]
    public async Task History_comes_page_by_page()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var client = new OwnClient(dcs);
        await using var session = await client.Open();
        await Eventually.Is(() => dcs.Boiler.Variables[4].History.Count > 50, () => "no history");
        var values = new List<double>();
        await new NodeAccess(session, ServerLimits.Cautious).ReadHistoryAsync(Number, OpcUaTime.From(TimeProvider.System.GetUtcNow().AddHours(-1)), OpcUaTime.From(TimeProvider.System.GetUtcNow()), 20,
            page => values.AddRange(page.Select(value => value.Value.AsDouble)), CancellationToken.None);
        Assert.True(values.Count > 50, $"{values.Count}");
        AssertNoGap([.. values]);
    }

    private static async Task<uint> Subscribe(Session session)
    {
        var subscription = await session.CallAsync(new CreateSubscriptionRequest(100, 1000, 10, 1000), CancellationToken.None);
        var items = await session.CallAsync(new CreateMonitoredItemsRequest(subscription.SubscriptionId, [new MonitoredItemRequest(new ReadValueId(Number), 1, 0, 100, null)]), CancellationToken.None);
        Assert.Equal(StatusCodes.Good, items.Results.Single().Status);
        return subscription.SubscriptionId;
    }

    private static void AssertNoGap(double[] values)
    {
        Assert.NotEmpty(values);
        Assert.Equal(Enumerable.Range(0, values.Length).Select(at => values[0] + at), values);
    }
}
