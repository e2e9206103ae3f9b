using EdgeGateway.Config;

namespace EdgeGateway.Uplink;

/// <summary>
/// How much the broker is given at once and how fast: half of both on a complaint, slowly more again afterwards. Outlives connections, because some
/// complaints end them.
/// </summary>
internal sealed class Throttle(BrokerSettings broker, TimeProvider time)
{
    private static readonly TimeSpan GrowEvery = TimeSpan.FromSeconds(10);

    private int _allowed = int.MaxValue;
    private int _most = broker.Window;
    private int _settled;
    private long _changedAt = time.GetTimestamp();

    /// <summary>The most publishes that may wait for their acknowledgement.</summary>
    public int Window => Math.Min(_allowed, _most);

    /// <summary>The pace of the backlog.</summary>
    public Pace Backlog { get; } = new(broker.BacklogPerSecond, time);

    /// <summary>A connection whose broker takes at most this many unacknowledged publishes.</summary>
    public void Connected(int most) => _most = most;

    public void SlowDown()
    {
        (_allowed, _settled, _changedAt) = (Math.Max(1, Window / 2), 0, time.GetTimestamp());
        Backlog.Halve();
    }

    /// <summary>A window that was halved grows again by one, when it has been filled several times over without complaint.</summary>
    public void Acknowledged()
    {
        if (_allowed >= _most || ++_settled < 4 * Window || time.GetElapsedTime(_changedAt) < GrowEvery) return;
        (_allowed, _settled, _changedAt) = (_allowed + 1, 0, time.GetTimestamp());
    }
}
