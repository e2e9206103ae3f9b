using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>What is known of one node.</summary>
/// <param name="Value">The newest value; its status says what it is worth, also for a node that the server does not watch.</param>
/// <param name="IsWaiting">Nothing has come yet.</param>
/// <param name="Drops">How often, since the beginning, a value came that told that the server had dropped others before it.</param>
internal readonly record struct HeldValue(DataValue Value, bool IsWaiting, long Drops = 0);

/// <summary>Whether what is known of a subscription's nodes holds now.</summary>
internal enum Hold
{
    /// <summary>The conversation is broken.</summary>
    Down,

    /// <summary>It has just begun, and the subscription has said nothing yet.</summary>
    Beginning,

    /// <summary>The subscription has said that nothing else has changed, shortly before.</summary>
    Alive,

    /// <summary>The subscription should have said something, and has not.</summary>
    Mute,

    /// <summary>The server does not make the subscription; the statuses say why.</summary>
    Refused,
}

/// <summary>The newest value of each watched node, and since when it is not known any more. Written by the client, read by the line's worker; any thread.</summary>
internal sealed class HeldValues : ISubscriptionSink
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly LineNews _news;
    private readonly TimeProvider _time;
    private readonly HeldValue[][] _nodes;
    private readonly SignOfLife[] _life;
    private readonly TaskCompletionSource _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isUp;
    private OpcUaException? _reason;
    private int _refusalsOfUser;

    public HeldValues(LinePlan plan, LineNews news, TimeProvider time)
    {
        (_news, _time) = (news, time);
        _nodes = [.. plan.Subscriptions.Select(subscription => NothingOf(subscription.Nodes.Length))];
        _life = [.. plan.Subscriptions.Select(subscription => new SignOfLife(null, 0, subscription.KeepAlive))];
    }

    /// <summary>Ends when the first attempt to connect has succeeded or failed.</summary>
    public Task Verdict => _verdict.Task;

    /// <summary>Why the conversation is broken; null while it is not, and before the first attempt.</summary>
    public OpcUaException? Reason
    {
        get
        {
            lock (_lock) return _isUp ? null : _reason;
        }
    }

    public bool IsUp
    {
        get
        {
            lock (_lock) return _isUp;
        }
    }

    /// <summary>The server has refused the user more than once since it was last up: asking on could lock the account.</summary>
    public bool IsUserRefused
    {
        get
        {
            lock (_lock) return _refusalsOfUser > 1;
        }
    }

    /// <summary>Copies what is known of a group's nodes, all of it as of one moment.</summary>
    /// <param name="group">Which.</param>
    /// <param name="into">One place for each of its nodes; filled only if the subscription is <see cref="Hold.Alive"/> or <see cref="Hold.Refused"/>.</param>
    /// <param name="heldAt">By <see cref="TimeProvider.GetTimestamp"/>: when the server last said that this is so.</param>
    public Hold Look(HeldGroup group, Span<HeldValue> into, out long heldAt)
    {
        lock (_lock)
        {
            heldAt = _time.GetTimestamp();
            if (!_isUp) return Hold.Down;
            var life = _life[group.Subscription];
            if (life.Refusal is { } refusal)
            {
                into[..group.Nodes.Length].Fill(new HeldValue(new DataValue(default, refusal, default, default), IsWaiting: false));
                return Hold.Refused;
            }
            if (_time.GetElapsedTime(life.HeardAt ?? life.UpAt) > life.KeepAlive + Grace) return Hold.Mute;
            if (life.HeardAt is not { } heard) return Hold.Beginning;
            heldAt = heard;
            for (var at = 0; at < group.Nodes.Length; at++) into[at] = _nodes[group.Subscription][group.Nodes[at]];
            return Hold.Alive;
        }
    }

    public void Values(int subscription, OpcUaTime publishTime, ReadOnlySpan<ItemValue> values)
    {
        lock (_lock)
        {
            foreach (var value in values)
            {
                ref var node = ref _nodes[subscription][value.ClientHandle];
                node = new HeldValue(value.Value, IsWaiting: false, node.Drops + (value.Value.Status.HasOverflow ? 1 : 0));
                if (subscription == LinePlan.OfServer) _news.State(value.Value);
                else _news.Came(subscription, (int)value.ClientHandle, value.Value.Status);
            }
        }
    }

    public void Outdated(int subscription)
    {
        lock (_lock)
        {
            foreach (ref var node in _nodes[subscription].AsSpan()) node = new HeldValue(default, IsWaiting: true, node.Drops);
            _life[subscription] = _life[subscription] with { HeardAt = null, UpAt = _time.GetTimestamp() };
        }
    }

    public void Alive(int subscription, TimeSpan keepAlive)
    {
        lock (_lock)
        {
            if (_life[subscription].Refusal is not null) _news.Made(subscription);
            _life[subscription] = _life[subscription] with { HeardAt = _time.GetTimestamp(), KeepAlive = keepAlive, Refusal = null };
        }
    }

    public void Unmade(int subscription, StatusCode status)
    {
        lock (_lock) _life[subscription] = _life[subscription] with { Refusal = status };
        _news.Unmade(subscription, status);
    }

    public void Refused(int subscription, int node, StatusCode status)
    {
        lock (_lock)
        {
            ref var held = ref _nodes[subscription][node];
            held = held with { Value = new DataValue(default, status, default, default), IsWaiting = false };
        }
        _news.Refused(subscription, node, status);
    }

    public void Unfiltered(int subscription, int node, StatusCode status) => _news.Unfiltered(subscription, node, status);

    public void Lost(Loss loss) => _news.Lost(loss);

    public void Up(bool isSameSession)
    {
        lock (_lock)
        {
            (_isUp, _reason, _refusalsOfUser) = (true, null, 0);
            // What was heard before the link broke proves nothing of now.
            for (var at = 0; at < _life.Length; at++) _life[at] = _life[at] with { HeardAt = null, UpAt = _time.GetTimestamp() };
        }
        _news.Up(isSameSession);
        _verdict.TrySetResult();
    }

    public void Down(OpcUaException reason)
    {
        lock (_lock)
        {
            (_isUp, _reason) = (false, reason);
            if (reason.IsOfUser) _refusalsOfUser++;
        }
        _verdict.TrySetResult();
    }

    private static HeldValue[] NothingOf(int nodes)
    {
        var nothing = new HeldValue[nodes];
        Array.Fill(nothing, new HeldValue(default, IsWaiting: true));
        return nothing;
    }

    /// <param name="HeardAt">When the subscription last said all it had to say; null if that was not since it was made, or since the line is up.</param>
    /// <param name="UpAt">When it was made, or the line came up.</param>
    /// <param name="KeepAlive">Within this time it says something.</param>
    private readonly record struct SignOfLife(long? HeardAt, long UpAt, TimeSpan KeepAlive)
    {
        /// <summary>Why the server does not make it; null if it does.</summary>
        public StatusCode? Refusal { get; init; }
    }
}
