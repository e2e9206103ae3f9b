using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.Tests.OpcUa.Scripted;

namespace EdgeGateway.Drivers.Tests.OpcUa.Polling;

/// <summary>A line to a server that does what good servers do not.</summary>
public sealed class ScriptedLineTests : IAsyncLifetime, IDisposable
{
    private const string Node = $"node=nsu={ScriptedServer.Plant};s=Node0";

    private readonly TemporaryFolder _state = new();
    private readonly ScriptedServer _server = new();
    private UaLine? _line;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_line is not null) await _line.DisposeAsync();
        await _server.DisposeAsync();
    }

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData(Node)]
    [InlineData("node=ns=2;s=Node0")]
    public async Task Namespaces_that_change_their_places_with_a_restart_do_not_matter(string node)
    {
        await Line(node).UntilGood();
        _server.Namespaces = ["http://opcfoundation.org/UA/", ScriptedServer.Uri, "urn:more", ScriptedServer.Plant];
        await _server.Restart(new(131_000_000_000_000_000));
        await _line!.Until(line => _server.Watched.Any(watched => watched.NamespaceIndex == 3) && line.Samples is [{ Quality: Quality.Good }]);
        Assert.Equal([2, 3], _server.Watched.Where(watched => watched.NamespaceIndex > 0).Select(watched => (int)watched.NamespaceIndex));
    }

    [Fact]
    public async Task A_number_that_becomes_a_text_is_no_value_any_more_until_it_is_a_number_again()
    {
        await Line(Node).UntilGood();
        _server.OnValue = _ => Variant.OfText("12.5");
        await _line!.Until(line => line.Samples is [{ Quality: Quality.BadReply }]);
        Assert.True(_line.Said("type has changed from Double to String"), _line.ToString());
        _server.OnValue = Variant.OfDouble;
        await _line.UntilGood();
    }

    [Theory]
    [InlineData(0x80310000, Quality.GatewayPath)] // BadNoCommunication
    [InlineData(0x40900000, Quality.GatewayPath)] // UncertainLastUsableValue
    [InlineData(0x808B0000, Quality.DeviceFailure)] // BadDeviceFailure
    [InlineData(0x80340000, Quality.IllegalAddress)] // BadNodeIdUnknown
    public async Task A_bad_or_uncertain_value_is_none_and_says_why(uint status, Quality expected)
    {
        await Line(Node).UntilGood();
        _server.OnStatus = () => new StatusCode(status);
        await _line!.Until(line => line.Samples is [var sample] && sample.Quality == expected);
        Assert.Equal(SampleKind.None, _line.Samples[0].Value.Kind);
    }

    [Fact]
    public async Task A_subscription_that_falls_mute_has_no_value_any_more()
    {
        await Line(Node).UntilGood();
        await _server.Change(() =>
        {
            foreach (var subscription in _server.Subscriptions.Values) subscription.IsMute = true;
            _server.Script = call => call.TypeId == 787 ? Deed.Refuse(StatusCodes.BadTooManySubscriptions) : null;
        });
        await _line!.Until(line => line.Samples is [{ Quality: Quality.Timeout }]);
        Assert.True(_line.Said("the subscription of group d/fast says nothing"), _line.ToString());
        Assert.Equal(PollOutcome.Answered, _line.Outcome);
    }

    [Fact]
    public async Task A_message_that_is_lost_for_good_does_not_leave_an_old_value_behind()
    {
        await Line(Node).UntilGood();
        var made = _server.Count(787);
        await _server.Change(() =>
        {
            foreach (var subscription in _server.Subscriptions.Values) subscription.Next++;
        });
        await _line!.Until(line => _server.Count(787) > made && line.Samples is [{ Quality: Quality.Good }] && line.Said("did not arrive"));
    }

    [Fact]
    public async Task A_dropped_value_is_counted()
    {
        await Line(Node).UntilGood();
        _server.OnStatus = () => new StatusCode(0x0480);
        await _line!.Until(line => line.Said("the server dropped values of node") && line.TimesDropped > 1);
        Assert.Equal(Quality.Good, _line.Samples[0].Quality);
    }

    private UaLine Line(string node) => _line = new UaLine(_server.Url, _state.Path, "security=None", "", node);
}
