using System.Globalization;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>What happens on a line, told to people: each thing once until it is over, with endpoint, node and remedy. From any thread.</summary>
internal sealed class LineNews(LineContext line, LinePlan plan)
{
    /// <summary>What is known of single nodes beyond this stays in the qualities of their signals.</summary>
    private const int MostNodes = 100;

    private static readonly string[] States = ["running", "failed", "without configuration", "suspended", "shutting down", "in test", "faulty in its communication", "in an unknown state"];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private Func<ServerState?> _server = static () => null;
    private bool _isCut;
    private long _state;

    /// <summary>Where to ask which namespaces the server has.</summary>
    public void Knows(Func<ServerState?> server) => _server = server;

    /// <summary>The server does not watch a node.</summary>
    public void Refused(int subscription, int node, StatusCode status) => Refused(plan.Subscriptions[subscription].Nodes[node].Name, status);

    private void Refused(NodeName node, StatusCode status) => Tell($"node {node}", $"{Endpoint}: node {node} {WhyNot(node, status)}. The other nodes go on, and this one is asked for again");

    /// <summary>A value came by a subscription.</summary>
    public void Came(int subscription, int node, StatusCode status)
    {
        var name = plan.Subscriptions[subscription].Nodes[node].Name;
        Came(name, status);
        if (status.HasOverflow) Tell($"overflow {name}", $"{Endpoint}: the server dropped values of node {name}, whose queue was full: lengthen queue or sampling in the map (said once)");
    }

    /// <summary>A value came, or the word that there is none. What is a matter of the device behind the server is said by the quality alone.</summary>
    public void Came(NodeName node, StatusCode status)
    {
        if (StatusQuality.Of(status) is Quality.IllegalAddress or Quality.IllegalFunction) Refused(node, status);
        if (!status.IsGood) return;
        lock (_lock)
        {
            if (_told.Count == 0 || !_told.Remove($"node {node}")) return;
        }
        line.Say(new DriverNotice(IsTrouble: false, $"{Endpoint}: node {node} has a value again"));
    }

    /// <summary>A group's subscription should have said something.</summary>
    public void Mute(PollGroup group) => Tell($"mute {group.Id}", $"{Endpoint}: the subscription of group {group.Id} says nothing, though the server is there: its slots have no value until it speaks or is made anew");

    /// <summary>A group's subscription speaks.</summary>
    public void Speaks(PollGroup group)
    {
        lock (_lock)
        {
            if (_told.Count > 0) _told.Remove($"mute {group.Id}");
        }
    }

    /// <summary>The server does not make a subscription.</summary>
    public void Unmade(int subscription, StatusCode status) => Tell($"unmade {subscription}",
        $"{Endpoint}: the server does not make the subscription of {plan.NameOf(subscription)} ({status}){RemedyForUnmade(status)}. The others go on, and this one is asked for again every 30 s");

    /// <summary>The server has made it after all.</summary>
    public void Made(int subscription)
    {
        lock (_lock)
        {
            if (!_told.Remove($"unmade {subscription}")) return;
        }
        line.Say(new DriverNotice(IsTrouble: false, $"{Endpoint}: the subscription of {plan.NameOf(subscription)} is there now"));
    }

    /// <summary>A value cannot be recorded.</summary>
    public void Unfit(OpcUaPoint point, string why) => Tell($"value {point.Node} {point.Signal}", $"{Endpoint}: the value of node {point.Node} for signal {point.Signal} cannot be used: {why}");

    /// <summary>A value can be recorded again.</summary>
    public void Fits(OpcUaPoint point)
    {
        lock (_lock)
        {
            if (_told.Count > 0) _told.Remove($"value {point.Node} {point.Signal}");
        }
    }

    public void Unfiltered(int subscription, int node, StatusCode status)
    {
        var name = plan.Subscriptions[subscription].Nodes[node].Name;
        Tell($"deadband {name}", $"{Endpoint}: the server does not take the deadband of node {name} ({status}): every change comes. "
            + "A deadband in percent needs an EURange at the node; correct deadband, or leave it empty");
    }

    public void Lost(Loss loss) => line.Say(new DriverNotice(IsTrouble: true,
        $"{Endpoint}: changes between {loss.After} and {loss.Before} did not arrive: {loss.Why}. The slots of that time say so; slots after it have values as they are"));

    public void Up(bool isSameSession)
    {
        string? said = null;
        lock (_lock)
        {
            if (_isCut) said = isSameSession ? "the session of before goes on" : "a new session was made";
            _isCut = true;
        }
        if (said is not null) line.Say(new DriverNotice(IsTrouble: false, $"{Endpoint}: {said}"));
    }

    /// <summary>The server said in which state it is.</summary>
    public void State(DataValue value)
    {
        var state = value.Value.Type == BuiltInType.Int32 && value.Status.IsGood ? value.Value.Bits : 0;
        lock (_lock)
        {
            if (state == _state) return;
            _state = state;
        }
        var words = state is >= 0 and < 8 ? States[state] : state.ToString(CultureInfo.InvariantCulture);
        line.Say(new DriverNotice(IsTrouble: state != 0, $"{Endpoint}: the server says that it is {words}"));
    }

    /// <summary>A certificate will not be valid for long, or is not any more.</summary>
    public void Expires(string whose, DateTimeOffset notAfter, TimeSpan left, string remedy) => Tell($"expiry {whose} {Math.Floor(left.TotalDays)}",
        left > TimeSpan.Zero ? $"{Endpoint}: {whose} is valid for {Math.Ceiling(left.TotalDays):0} more days, until {notAfter.UtcDateTime:u}: {remedy}" : $"{Endpoint}: {whose} has expired at {notAfter.UtcDateTime:u}: {remedy}");

    private string Endpoint => line.Connect.OriginalString;

    private static string RemedyForUnmade(StatusCode status)
    {
        if (status.Code == StatusCodes.BadTooManySubscriptions || status.Code == StatusCodes.BadTooManyMonitoredItems || status.Code == StatusCodes.BadOutOfMemory || status.Code == StatusCodes.BadResourceUnavailable)
            return ": raise its limit, or end other clients' subscriptions";
        return status.Code == StatusCodes.BadServiceUnsupported ? ": give the devices mode: read" : ": look at the server's own log, or give the devices mode: read";
    }

    private string WhyNot(NodeName node, StatusCode status)
    {
        var quality = StatusQuality.Of(status);
        if (quality == Quality.IllegalAddress && _server() is { } server && server.IndexOf(node) is null)
            return $"is in a namespace that the server does not have ({node.NamespaceUri ?? $"index {node.Index}"}; it has {Printable.Text(string.Join(", ", server.Namespaces))}): correct the namespace in the map, or load the server's configuration again";
        return quality switch
        {
            Quality.IllegalAddress when !node.Path.IsEmpty => $"is not found ({status}): correct the path in the map; it begins below the folder Objects, and names count with their capitals",
            Quality.IllegalAddress => $"is not known there ({status}): correct node in the map",
            Quality.IllegalFunction => $"may not be read ({status}): give this user the right to read it at the server, or name a node that holds a value",
            _ => $"is refused ({status})",
        };
    }

    private void Tell(string about, string text)
    {
        lock (_lock)
        {
            if (_told.TryGetValue(about, out var told) && told == text) return;
            if (_told.Count >= MostNodes && told is null) return;
            _told[about] = text;
        }
        line.Say(new DriverNotice(IsTrouble: true, text));
    }
}
