using System.Collections.Concurrent;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;
using EdgeGateway.Drivers.Tests.OpcUa.Scripted;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>What becomes of subscriptions when a server does what good servers do not, at the moment that hurts. Its values count its messages: a lost one shows.</summary>
public sealed class ClientFaultTests : IAsyncLifetime, IDisposable
{
    private const uint CreateSession = 461;
    private const uint ActivateSession = 467;
    private const uint CloseSession = 473;
    private const uint Read = 631;
    private const uint CreateItems = 751;
    private const uint CreateSubscription = 787;
    private const uint Publish = 826;
    private const uint Republish = 832;
    private const uint Transfer = 841;
    private const uint DeleteSubscriptions = 847;

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly RecordingSubscriptions _sink = new();
    private readonly ScriptedServer _server = new();
    private SubscribingClient? _client;
    private Task _running = Task.CompletedTask;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _client?.Dispose();
        await _server.DisposeAsync();
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_session_that_cannot_be_activated_again_is_made_anew_and_loses_no_value()
    {
        await Run();
        var isRefused = 0;
        _server.Script = call => call.TypeId == ActivateSession && Interlocked.Exchange(ref isRefused, 1) == 0 ? Deed.Refuse(StatusCodes.BadUserAccessDenied) : null;
        await _server.CutLink();
        await More();
        Assert.Equal([false, false], _sink.Ups);
        AssertNothingLost();
    }

    [Fact]
    public async Task A_lost_answer_to_an_activation_ends_in_a_new_session_and_loses_no_value()
    {
        Trust();
        await Run(Settings() with { Endpoint = new(), Own = Certificates.Own });
        var isLost = 0;
        _server.Script = call => call.TypeId == ActivateSession && Interlocked.Exchange(ref isLost, 1) == 0 ? Deed.LoseLink : null;
        await _server.CutLink();
        await More();
        Assert.Equal([false, false], _sink.Ups);
        AssertNothingLost();
    }

    [Fact]
    public async Task A_session_that_is_gone_when_missed_messages_are_asked_for_is_made_anew()
    {
        await Run();
        var isGone = 0;
        _server.Script = call =>
        {
            if (call.TypeId == Republish && Interlocked.Exchange(ref isGone, 1) == 0) _server.Sessions.Clear();
            return null;
        };
        var before = _server.Count(CreateSession);
        await _server.CutLink();
        await More();
        Assert.Equal(before + 1, _server.Count(CreateSession));
        AssertNothingLost();
    }

    [Fact]
    public async Task A_new_session_that_breaks_before_it_is_ready_does_not_use_what_was_known_of_the_old_server()
    {
        await Run();
        var isCut = 0;
        _server.Namespaces = ["http://opcfoundation.org/UA/", ScriptedServer.Uri, "urn:more", "urn:still-more", ScriptedServer.Plant];
        await _server.Change(() => _server.Script = call => call.TypeId == Read && Interlocked.Exchange(ref isCut, 1) == 0 ? Deed.LoseLink : null);
        await _server.Restart(new(131_000_000_000_000_000));
        await More();
        Assert.Equal([2, 4], _server.Watched.Select(node => (int)node.NamespaceIndex));
        Assert.Single(_sink.Losses);
    }

    [Fact]
    public async Task A_link_that_breaks_while_a_session_is_made_ready_leaves_no_second_session_behind()
    {
        var cuts = 0;
        _server.Script = call => call.TypeId == CreateItems && Interlocked.Increment(ref cuts) <= 3 ? Deed.LoseLink : null;
        await Run();
        Assert.Equal([false], _sink.Ups);
        Assert.Single(_server.Sessions);
        Assert.Single(_server.Subscriptions);
        Assert.Empty(_sink.Losses);
    }

    [Fact]
    public async Task A_server_that_was_restarted_with_the_same_namespaces_is_known_and_the_loss_is_said()
    {
        await Run();
        await _server.Change(() =>
        {
            _server.Sessions.Clear();
            _server.StartTime = new(131_000_000_000_000_000);
        });
        await _server.CutLink();
        await Eventually.Is(() => !_sink.Losses.IsEmpty, _sink.ToString);
        Assert.Contains("started anew", Assert.Single(_sink.Losses).Why, StringComparison.Ordinal);
        Assert.Equal(2, _server.Count(CreateSubscription));
        Assert.Equal(0, _server.Count(Transfer));
    }

    [Fact]
    public async Task A_server_that_takes_no_request_to_publish_for_a_while_is_asked_again()
    {
        var refused = 0;
        _server.Script = call => call.TypeId == Publish && Interlocked.Increment(ref refused) <= 4 ? Deed.Refuse(StatusCodes.BadTooManyPublishRequests) : null;
        await Run();
        Assert.Equal([false], _sink.Ups);
        AssertNothingLost();
    }

    [Fact]
    public async Task More_nodes_than_the_server_takes_at_once_are_watched_in_parts()
    {
        _server.Script = call => call.TypeId == CreateItems && call.ItemCount > 9 ? Deed.Refuse(StatusCodes.BadTooManyOperations) : null;
        await Run(nodes: 100);
        Assert.Equal(100, _server.Watched.Count);
        Assert.Equal(100, _sink.All.Select(each => each.Node).Distinct().Count());
        Assert.Single(_server.Subscriptions);
    }

    [Fact]
    public async Task A_mute_subscription_behind_a_living_one_is_made_anew_and_the_old_one_deleted()
    {
        Start(Settings(), Plan(1), Plan(1));
        await Eventually.Is(() => Of(0).Length > 3 && Of(1).Length > 3, _sink.ToString);
        await _server.Change(() => _server.Subscriptions[2].IsMute = true);
        await Eventually.Is(() => !_sink.Losses.IsEmpty, _sink.ToString);
        var loss = Assert.Single(_sink.Losses);
        Assert.Equal(1, loss.Subscription);
        Assert.Equal([false], _sink.Ups);
        Assert.Equal([1u, 3u], _server.Subscriptions.Keys.Order());
        Assert.Equal(Enumerable.Range(1, Of(0).Length).Select(value => (double)value), Of(0));
    }

    [Fact]
    public async Task A_subscription_that_nobody_knows_is_deleted_and_does_not_eat_answers()
    {
        await Run();
        await _server.Change(() => _server.Subscriptions[77] = new ServerSubscription(77) { Session = _server.Sessions[0], Handles = { 0 } });
        await Eventually.Is(() => _server.Count(DeleteSubscriptions) > 0 && !_server.Subscriptions.ContainsKey(77), _sink.ToString);
        await More();
        AssertNothingLost();
    }

    [Fact]
    public async Task A_jump_in_the_numbers_of_messages_is_one_named_loss()
    {
        await Run();
        await _server.Change(() => _server.Subscriptions[1].Next += 2_000_000_000);
        await Eventually.Is(() => !_sink.Losses.IsEmpty, _sink.ToString);
        await More();
        Assert.Contains("counts its messages anew", Assert.Single(_sink.Losses).Why, StringComparison.Ordinal);
        Assert.Equal([false], _sink.Ups);
    }

    [Fact]
    public async Task Numbers_that_begin_again_a_few_behind_are_one_named_loss_and_no_repeats()
    {
        await Run();
        await _server.Change(() => _server.Subscriptions[1].Next = 1);
        await Eventually.Is(() => !_sink.Losses.IsEmpty, _sink.ToString);
        await More();
        Assert.Contains("counts its messages anew", Assert.Single(_sink.Losses).Why, StringComparison.Ordinal);
        Assert.Equal([false], _sink.Ups);
        Assert.Equal(_sink.Of(0).Order(), _sink.Of(0));
    }

    [Theory]
    [InlineData(0x80770000)] // BadTooManySubscriptions
    [InlineData(0x80020000)] // BadInternalError
    [InlineData(0x800B0000)] // BadServiceUnsupported
    public async Task A_subscription_that_the_server_does_not_make_leaves_the_others_alone(uint status)
    {
        var asked = 0;
        _server.Script = call => call.TypeId == CreateSubscription && Interlocked.Increment(ref asked) == 2 ? Deed.Refuse(new StatusCode(status)) : null;
        Start(Settings(), Plan(1), Plan(1), Plan(1));
        await Eventually.Is(() => Of(0).Length > 10 && Of(2).Length > 10, _sink.ToString);
        Assert.Equal([false], _sink.Ups);
        Assert.Empty(_sink.Downs);
        Assert.Empty(Of(1));
        Assert.Equal((1, new StatusCode(status)), Assert.Single(_sink.Unmade));
    }

    [Fact]
    public async Task A_server_that_makes_no_subscription_at_all_keeps_its_session_and_is_not_asked_to_publish()
    {
        _server.Script = call => call.TypeId == CreateSubscription ? Deed.Refuse(StatusCodes.BadServiceUnsupported) : null;
        Start(Settings(), Plan(1), Plan(1));
        await Eventually.Is(() => _sink.Unmade.Count == 2 && !_sink.Ups.IsEmpty, _sink.ToString);
        var reads = _server.Count(Read);
        await Eventually.Is(() => _server.Count(Read) > reads, "the question whether the server lives");
        Assert.Equal(0, _server.Count(Publish));
        Assert.Empty(_sink.Downs);
        Assert.Single(_server.Sessions);
    }

    [Theory]
    [InlineData(0x80340000)] // BadNodeIdUnknown
    [InlineData(0x80020000)] // BadInternalError
    public async Task A_node_for_which_the_server_refuses_the_whole_call_is_found_and_the_others_go_on(uint status)
    {
        _server.Script = call => call.TypeId == CreateItems && call.WatchedNodes.Contains("Node700") ? Deed.Refuse(new StatusCode(status)) : null;
        await Run(nodes: 1000);
        Assert.Equal((700, new StatusCode(status)), Assert.Single(_sink.RefusedNodes));
        Assert.Equal(999, _server.Watched.Select(node => node.Text).Distinct().Count());
        Assert.InRange(_server.Count(CreateItems), 2, 60);
        Assert.Empty(_sink.Downs);
    }

    [Fact]
    public async Task A_server_that_refuses_every_call_to_watch_is_not_asked_a_thousand_times()
    {
        _server.Script = call => call.TypeId == CreateItems ? Deed.Refuse(StatusCodes.BadInternalError) : null;
        Start(Settings(), Plan(1000));
        await Eventually.Is(() => _sink.RefusedNodes.Count == 1000 && !_sink.Ups.IsEmpty, _sink.ToString);
        Assert.InRange(_server.Count(CreateItems), 1, 250);
        Assert.Empty(_sink.Downs);
    }

    [Fact]
    public async Task A_limit_node_for_which_the_server_refuses_the_whole_read_does_not_end_the_session()
    {
        _server.Script = call => call.TypeId == Read && call.ReadNodes.Contains(12165u) ? Deed.Refuse(StatusCodes.BadNodeIdUnknown) : null;
        await Run();
        Assert.Equal([false], _sink.Ups);
        Assert.Empty(_sink.Downs);
    }

    [Fact]
    public async Task A_link_that_comes_back_is_dialled_once()
    {
        var dials = 0;
        await Run(Settings() with
        {
            Dial = cancellationToken =>
            {
                Interlocked.Increment(ref dials);
                return _server.Dial(cancellationToken);
            }
        });
        Assert.Equal(2, dials); // where to connect, and the connection
        await _server.CutLink();
        await More();
        Assert.Equal([false, true], _sink.Ups);
        Assert.Equal(3, dials);
        AssertNothingLost();
    }

    [Fact]
    public async Task A_late_word_that_there_is_no_subscription_does_not_end_the_new_ones()
    {
        var held = new ConcurrentQueue<ServiceCall>();
        _server.Script = call =>
        {
            if (call.TypeId != Publish || _server.Count(CreateSubscription) > 1) return null;
            if (!held.IsEmpty)
            {
                _server.Subscriptions.Clear();
                return null; // refused: there is none
            }
            held.Enqueue(call);
            return new Deed { IsHeld = true };
        };
        Start(Settings(), Plan(1));
        await Values(5);
        Assert.True(held.TryDequeue(out var late));
        await late.Connection.AnswerAsync(late, 397, StatusCodes.BadNoSubscription, static _ => { });
        await More();
        await More();
        Assert.Equal(2, _server.Count(CreateSubscription));
    }

    [Fact]
    public async Task A_session_that_was_never_activated_is_closed_at_the_server()
    {
        _server.Script = call => call.TypeId == ActivateSession ? Deed.Refuse(StatusCodes.BadIdentityTokenRejected) : null;
        await Assert.ThrowsAsync<OpcUaException>(() => Session.OpenAsync(Settings(), TimeProvider.System, CancellationToken.None));
        Assert.Equal(1, _server.Count(CloseSession));
        Assert.Empty(_server.Sessions);
    }

    [Theory]
    [InlineData(1e15)]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    public async Task A_session_is_not_counted_on_for_longer_than_was_asked(double granted)
    {
        _server.SessionTimeoutMilliseconds = granted;
        await using var session = await Session.OpenAsync(Settings(), TimeProvider.System, CancellationToken.None);
        Assert.Equal(Settings().SessionTimeout, session.Timeout);
    }

    [Fact]
    public async Task A_server_that_comes_back_with_another_trusted_certificate_gets_a_new_session()
    {
        Trust();
        using var renewed = ApplicationCertificate.Create("Scripted, renewed", ScriptedServer.Uri, ["127.0.0.1"], TimeProvider.System);
        Trust(renewed);
        await Run(Settings() with { Endpoint = new(), Own = Certificates.Own });
        await _server.Change(() => _server.Certificate = renewed);
        await _server.CutLink();
        await More();
        Assert.Equal([false, false], _sink.Ups);
        AssertNothingLost();
    }

    private static SubscriptionPlan Plan(int nodes) => new(
        TimeSpan.FromMilliseconds(50), [.. Enumerable.Range(0, nodes).Select(node => new WatchedNode(ScriptedServer.Plant, new NodeId($"Node{node}", 0), TimeSpan.Zero, 10))]);

    private ClientSettings Settings() => new()
    {
        Url = new Uri(_server.Url),
        ApplicationUri = Certificates.Uri,
        Dial = _server.Dial,
        Trust = new TrustStore(_folder.Path, TimeProvider.System),
        Endpoint = new(SecurityPolicy.None),
    };

    private void Trust(System.Security.Cryptography.X509Certificates.X509Certificate2? certificate = null)
    {
        var trusted = certificate ?? _server.Certificate;
        File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(_folder.Sub("trusted", "certs")).FullName, $"{trusted.Thumbprint}.der"), trusted.RawData);
    }

    private async Task Run(ClientSettings? settings = null, int nodes = 1)
    {
        Start(settings ?? Settings(), Plan(nodes));
        await Values(10);
    }

    private void Start(ClientSettings settings, params SubscriptionPlan[] plans)
    {
        _client = new SubscribingClient(settings, plans, _sink, TimeProvider.System);
        _running = _client.RunAsync(_stopping.Token);
    }

    private Task Values(int count) => Eventually.Is(() => _sink.Of(0).Length >= count, _sink.ToString);

    /// <summary>Waits for some more values.</summary>
    private Task More() => Values(_sink.Of(0).Length + 10);

    private double[] Of(int subscription) => [.. _sink.BySubscription.Where(each => each.Subscription == subscription).Select(each => each.Value)];

    private void AssertNothingLost()
    {
        Assert.Empty(_sink.Losses);
        var values = _sink.Of(0);
        Assert.Equal(Enumerable.Range(1, values.Length).Select(value => (double)value), values);
    }
}
