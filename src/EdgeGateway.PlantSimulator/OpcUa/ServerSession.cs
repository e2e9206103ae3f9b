namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A session: who it is, what it has asked to be told, and where. Touched only under the server's lock.</summary>
internal sealed class ServerSession(NodeKey id, NodeKey token, string clientUri, TimeSpan timeout)
{
    public NodeKey Id => id;

    public NodeKey Token => token;

    public string ClientUri => clientUri;

    public TimeSpan Timeout => timeout;

    /// <summary>Where it was made or activated last; null after that connection ended.</summary>
    public UaConnection? Connection { get; set; }

    public byte[]? ClientCertificate { get; init; }

    /// <summary>What the client has to sign next.</summary>
    public byte[] Nonce { get; set; } = [];

    public bool IsActive { get; set; }

    /// <summary>Null for nobody in particular.</summary>
    public string? User { get; set; }

    /// <summary>By <see cref="TimeProvider.GetTimestamp"/>: the last request.</summary>
    public long HeardAt { get; set; }

    /// <summary>Requests for news that wait for some, oldest first.</summary>
    public LinkedList<WaitingPublish> Waiting { get; } = [];

    public List<Subscription> Subscriptions { get; } = [];

    /// <summary>Last words of subscriptions that this session has no more, and their ids.</summary>
    public Queue<(uint Subscription, uint Status)> LastWords { get; } = [];

    /// <summary>Browsing that is not finished, by its continuation point.</summary>
    public ContinuationPoints<BrowseRest> Browsing { get; } = new();

    /// <summary>Histories that are not finished, by their continuation point.</summary>
    public ContinuationPoints<UaSample[]> Histories { get; } = new();

    /// <summary>The oldest request for news that still has patience.</summary>
    public WaitingPublish? TakeWaiting()
    {
        if (Waiting.First is not { } first) return null;
        Waiting.RemoveFirst();
        return first.Value;
    }
}
