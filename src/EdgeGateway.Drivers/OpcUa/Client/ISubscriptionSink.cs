using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>
/// Where subscriptions put what they bring. Called by one thread at a time. A call that does not return holds publishing back, and the values wait in the
/// queues of the server.
/// </summary>
internal interface ISubscriptionSink
{
    /// <summary>One message of one subscription, in the order of the server; each exactly once.</summary>
    /// <param name="subscription">Its place among the plans.</param>
    /// <param name="publishTime">By the server's clock.</param>
    /// <param name="values">Their handles are places in <see cref="SubscriptionPlan.Nodes"/>; an overflow bit in a status says that the server dropped values.</param>
    void Values(int subscription, OpcUaTime publishTime, ReadOnlySpan<ItemValue> values);

    /// <summary>
    /// Nothing that the subscription brought before is known to be so any more: it has ended, or is made anew. When it is there again, the first values of all its nodes follow.
    /// </summary>
    void Outdated(int subscription)
    {
    }

    /// <summary>The server has just said all that it had to say of this subscription: what has not changed since is as it was.</summary>
    /// <param name="subscription">Its place among the plans.</param>
    /// <param name="keepAlive">Within this time it will say something again.</param>
    void Alive(int subscription, TimeSpan keepAlive)
    {
    }

    /// <summary>The server does not make this subscription; it is asked again later, and <see cref="Alive"/> says that it has. The others go on.</summary>
    void Unmade(int subscription, StatusCode status)
    {
    }

    /// <summary>The server does not watch this node; it is asked again later. The others go on.</summary>
    void Refused(int subscription, int node, StatusCode status);

    /// <summary>The server watches this node, but not with its filter: every change comes.</summary>
    void Unfiltered(int subscription, int node, StatusCode status);

    /// <summary>Something did not arrive.</summary>
    void Lost(Loss loss);

    /// <summary>Values come, or come again.</summary>
    /// <param name="isSameSession">The session of before goes on.</param>
    void Up(bool isSameSession);

    /// <summary>No values come; the client goes on trying.</summary>
    void Down(OpcUaException reason);
}
