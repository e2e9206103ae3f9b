using System.Security.Cryptography;
using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.Tests.OpcUa.Scripted;

/// <summary>A session as the server keeps it; it is bound to the channel that it was activated on.</summary>
internal sealed class ServerSession(uint number)
{
    public NodeId Id { get; } = new(number, 1);

    public NodeId Token { get; } = new(number + 1_000_000, 1);

    public byte[] Nonce { get; private set; } = RandomNumberGenerator.GetBytes(32);

    public uint? Channel { get; set; }

    /// <summary>Requests that wait for something to publish.</summary>
    public Queue<ServiceCall> Publishing { get; } = new();

    public void Renew() => Nonce = RandomNumberGenerator.GetBytes(32);
}
