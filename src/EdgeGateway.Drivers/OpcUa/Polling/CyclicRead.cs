using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>One group that is asked for by Read; its names are looked up once per session. Used by one task at a time.</summary>
internal sealed class CyclicRead(PollGroup group, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    private readonly NodeName[] _names = [.. group.Points.Select(point => ((OpcUaPoint)point).Node).Distinct()];
    private Session? _session;
    private ServerState? _server;
    private NodeAccess? _access;
    private FoundNode[] _found = [];
    private long _foundAt;

    /// <summary>Asks for every point once; one value for each, in their order.</summary>
    /// <exception cref="OpcUaException">The link broke, the session is gone, or the server refused the whole question.</exception>
    public async Task<DataValue[]> AskAsync(Session session, ServerState server, CancellationToken cancellationToken)
    {
        var access = await LookUpAsync(session, server, cancellationToken).ConfigureAwait(false);
        var asked = _found.Where(node => node.Status.IsGood).Select(node => new ReadValueId(node.NodeId)).ToList();
        var read = asked.Count == 0 ? [] : await access.ReadAsync(asked, cancellationToken).ConfigureAwait(false);
        var byName = new Dictionary<NodeName, DataValue>(_names.Length);
        for (var (name, at) = (0, 0); name < _names.Length; name++)
            byName[_names[name]] = _found[name].Status.IsGood ? read[at++] : new DataValue(default, _found[name].Status, default, default);
        return [.. group.Points.Select(point => byName[((OpcUaPoint)point).Node])];
    }

    private async Task<NodeAccess> LookUpAsync(Session session, ServerState server, CancellationToken cancellationToken)
    {
        var isKnown = _session == session && _server == server;
        var isWhole = _found.Length > 0 && (Array.TrueForAll(_found, node => node.Status.IsGood) || time.GetElapsedTime(_foundAt) < LookAgain);
        if (_access is not null && isKnown && isWhole) return _access;
        _found = await FoundNode.FindAsync(session, server, _names, cancellationToken).ConfigureAwait(false);
        (_session, _server, _foundAt) = (session, server, time.GetTimestamp());
        return _access = new NodeAccess(session, server.Limits);
    }
}
