using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.Tests.OpcUa.Scripted;

/// <summary>A subscription as the server keeps it. Each of its messages carries one value for each node: a count of the messages.</summary>
internal sealed class ServerSubscription(uint id)
{
    public uint Id { get; } = id;

    public required ServerSession Session { get; set; }

    public List<uint> Handles { get; } = [];

    /// <summary>Says nothing any more.</summary>
    public bool IsMute { get; set; }

    /// <summary>The number of the next message.</summary>
    public uint Next { get; set; } = 1;

    /// <summary>The value of the next message.</summary>
    public double Count { get; set; } = 1;

    /// <summary>Messages that can be asked for again.</summary>
    public Dictionary<uint, NotificationMessage> Sent { get; } = [];
}
