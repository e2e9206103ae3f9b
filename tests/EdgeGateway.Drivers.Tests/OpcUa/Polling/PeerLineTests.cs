using System.Globalization;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.Tests.OpcUa.Polling;

/// <summary>A line to a server written by others. Its counters go up by one every 50 ms.</summary>
public sealed class PeerLineTests(PeerFixture peer) : IClassFixture<PeerFixture>, IAsyncLifetime, IDisposable
{
    private const string Plant = "node=nsu=urn:opcua-peer:plant;";
    private const string Open = "security=None";

    private readonly TemporaryFolder _state = new();
    private UaLine? _line;

    public ValueTask InitializeAsync() => peer.Start();

    public async ValueTask DisposeAsync()
    {
        if (_line is not null) await _line.DisposeAsync();
    }

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData("mode=subscribe")]
    [InlineData("mode=read")]
    public async Task Slots_have_values_of_every_type(string device)
    {
        var line = Line(Open, device, "s=Flag", "s=Int16", "s=Float", "s=Text", "s=Time", "s=Matrix|index=1 2", "/Plant/Int16", "s=Counter3");
        await line.UntilGood();
        Assert.Equal([SampleValue.OfExact(1), SampleValue.OfExact(-12345), SampleValue.OfBinary32(-6.5f), SampleValue.OfText("水Boy"), SampleValue.OfText("2020-01-02T03:04:05.0000000Z"),
            SampleValue.OfExact(6), SampleValue.OfExact(-12345)], line.Samples.Select(sample => sample.Value).Take(7));
        Assert.True(line.Samples[7].Value.AsBinary64 > 0);
        Assert.Equal(PollOutcome.Answered, line.Outcome);
    }

    [Theory]
    [InlineData("mode=subscribe")]
    [InlineData("mode=read")]
    public async Task Slots_follow_what_changes(string device)
    {
        var line = Line(Open, device, "s=Counter0");
        await line.UntilGood();
        var first = line.Samples[0].Value.AsBinary64;
        await line.Until(each => each.Samples is [{ Quality: Quality.Good } sample] && sample.Value.AsBinary64 > first + 5);
    }

    [Fact]
    public async Task A_value_that_does_not_change_is_held_and_its_time_goes_on()
    {
        var line = Line(Open, "", "s=Int16");
        await line.UntilGood();
        var first = line.Times[0].Answered;
        await line.Until(each => each.Samples is [{ Quality: Quality.Good }] && TimeProvider.System.GetElapsedTime(first, each.Times[0].Answered) > TimeSpan.FromSeconds(3));
        Assert.Equal(SampleValue.OfExact(-12345), line.Samples[0].Value);
    }

    [Theory]
    [InlineData("mode=subscribe")]
    [InlineData("mode=read")]
    public async Task One_bad_node_does_not_take_the_others_down_and_is_said_with_its_remedy(string device)
    {
        _line = new UaLine(peer.Server.Url, _state.Path, Open, device, Plant + "s=Counter0", Plant + "s=Nothing", "node=nsu=urn:gone;s=Counter1", Plant + "/Plant/Nobody", Plant + "s=Matrix", Plant + "s=Matrix|index=9 9");
        await _line.Until(line => line.Samples.Length > 0 && line.Samples[0].Quality == Quality.Good && line.Samples[1].Quality == Quality.IllegalAddress);
        Assert.Equal([Quality.Good, Quality.IllegalAddress, Quality.IllegalAddress, Quality.IllegalAddress, Quality.BadReply, Quality.IllegalAddress], _line.Samples.Select(sample => sample.Quality));
        foreach (var part in new[] { "node nsu=urn:opcua-peer:plant;s=Nothing is not known there", "is in a namespace that the server does not have (urn:gone;", "correct the path in the map", "name one element of it in index", "has no element 9, 9" })
            Assert.True(_line.Said(part), $"{part}: {_line}");
        Assert.All(_line.Notices.Where(notice => notice.IsTrouble), notice => Assert.Contains(peer.Server.Url, notice.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mode=subscribe")]
    [InlineData("mode=read")]
    public async Task Fields_of_structures_are_values_and_a_wrong_one_is_said_with_those_there_are(string device)
    {
        _line = new UaLine(peer.Server.Url, _state.Path, Open, device, "node=i=2256|field=State", "node=i=2256|field=BuildInfo.ProductName", "node=i=2256|field=StartTime", "node=i=2256|field=Nothing", "node=i=2256");
        await _line.Until(line => line.Samples is [{ Quality: Quality.Good }, _, _, { Quality: Quality.BadReply }, _]);
        Assert.Equal([Quality.Good, Quality.Good, Quality.Good, Quality.BadReply, Quality.BadReply], _line.Samples.Select(sample => sample.Quality));
        Assert.Equal(SampleValue.OfExact(0), _line.Samples[0].Value);
        Assert.Contains("NodeOPCUA", _line.Samples[1].Value.AsText, StringComparison.Ordinal);
        Assert.StartsWith("20", _line.Samples[2].Value.AsText, StringComparison.Ordinal);
        Assert.True(_line.Said("it has no field Nothing: its fields are StartTime, CurrentTime, State, BuildInfo"), _line.ToString());
        Assert.True(_line.Said("name one of its fields in field"), _line.ToString());
    }

    [Fact]
    public async Task A_deadband_in_percent_without_a_range_is_said_and_every_change_comes()
    {
        _line = new UaLine(peer.Server.Url, _state.Path, Open, "", Plant + "s=Counter0|deadband=50%");
        await _line.UntilGood();
        Assert.True(_line.Said("the server does not take the deadband of node nsu=urn:opcua-peer:plant;s=Counter0"), _line.ToString());
        Assert.True(_line.Said("needs an EURange"), _line.ToString());
        var first = _line.Samples[0].Value.AsBinary64;
        await _line.Until(line => line.Samples is [{ Quality: Quality.Good } sample] && sample.Value.AsBinary64 > first);
    }

    [Fact]
    public async Task Evidence_is_the_whole_answer_as_text()
    {
        var type = new EdgeGateway.Drivers.OpcUa.Polling.OpcUaType();
        _line = Line(Open, "mode=read", "s=Float");
        var point = type.Evidence(_line.Group.Points[0], "s0-raw")!;
        await _line.UntilGood();
        var sink = new RecordingSink(1);
        var driver = type.Create(new LineContext("l", new Uri(peer.Server.Url), TimeProvider.System) { Settings = type.ReadLine(new SettingRow(new Dictionary<string, string> { ["security"] = "None" }, _ => { })), StateFolder = _state.Path });
        await using var closing = (IAsyncDisposable)driver;
        await driver.AttachAsync(Stream.Null, CancellationToken.None);
        await driver.ReadAsync(new PollGroup("d/g", _line.Group.Device, TimeSpan.FromSeconds(1), [point]), sink, CancellationToken.None);
        Assert.StartsWith("Float -6.5 Good (0x00000000) source 20", sink.Samples[0].Value.AsText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_whose_certificate_nobody_has_accepted_is_refused_until_somebody_does()
    {
        var line = Line("ignore-host=yes", "", "s=Counter0");
        await line.UntilDown("nobody has accepted");
        Assert.Contains("trust accept", line.Trouble, StringComparison.Ordinal);
        Assert.Contains(peer.Server.Url, line.Trouble, StringComparison.Ordinal);
        var store = new TrustStore(Path.Combine(_state.Path, "pki"), TimeProvider.System);
        var rejected = Assert.Single(store.List(), one => one.Place == StoredCertificate.Rejected);
        Assert.True(store.Accept(rejected.Thumbprint));
        await line.UntilGood();
        Assert.Single(store.List(), one => one.Place == StoredCertificate.Own);
    }

    [Fact]
    public async Task A_wrong_password_is_said_with_user_and_remedy_and_is_not_tried_again_and_again()
    {
        await PeerFixture.Trust(peer.Server, Path.Combine(_state.Path, "pki"));
        var file = Path.Combine(_state.Path, "password");
        await File.WriteAllTextAsync(file, "wrong");
        var line = Line($"ignore-host=yes username=operator password-file={file}", "", "s=Counter0");
        await line.UntilDown("does not let user operator in");
        Assert.Contains("password-file", line.Trouble, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", line.Trouble!.Replace(file, "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_user_is_let_in()
    {
        await PeerFixture.Trust(peer.Server, Path.Combine(_state.Path, "pki"));
        var file = Path.Combine(_state.Path, "password");
        await File.WriteAllTextAsync(file, "pässword\n");
        await Line($"ignore-host=yes username=operator password-file={file}", "", "s=Counter0").UntilGood();
    }

    [Fact]
    public async Task A_link_cut_of_five_seconds_ends_neither_the_session_nor_the_line()
    {
        await using var relay = new TcpRelay(peer.Server.Port);
        relay.Mend();
        _line = new UaLine($"opc.tcp://127.0.0.1:{relay.Port}", _state.Path, Open, "", Plant + "s=Counter0");
        await _line.UntilGood();
        relay.Cut();
        await _line.UntilDown("cannot be opened");
        var cutAt = TimeProvider.System.GetTimestamp();
        await _line.Until(line => line.Trouble is null || TimeProvider.System.GetElapsedTime(cutAt) > TimeSpan.FromSeconds(5));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"opc.tcp://127.0.0.1:{relay.Port}: "), _line.Trouble!, StringComparison.Ordinal);
        relay.Mend();
        await _line.UntilGood();
        Assert.True(_line.Said("the session of before goes on"), _line.ToString());
    }

    [Fact]
    public async Task A_server_that_is_off_at_first_is_connected_when_it_comes()
    {
        await using var relay = new TcpRelay(peer.Server.Port);
        relay.Mend();
        relay.Cut();
        _line = new UaLine($"opc.tcp://127.0.0.1:{relay.Port}", _state.Path, Open, "", Plant + "s=Counter0");
        await _line.UntilDown("cannot be opened");
        relay.Mend();
        await _line.UntilGood();
    }

    private UaLine Line(string keys, string device, params string[] nodes) => _line = new UaLine(peer.Server.Url, _state.Path, keys, device, [.. nodes.Select(node => Plant + node)]);
}
