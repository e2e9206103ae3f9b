using EdgeGateway.Config;

namespace EdgeGateway.Receiving;

/// <summary>What a receiver listens to and where it keeps what it hears.</summary>
/// <param name="Broker">The broker; its first url is used.</param>
/// <param name="ClientId">Fixed, so that the broker keeps a session for the receiver while it is away.</param>
/// <param name="Folder">Where raw lines go: <c>received.egb1</c>, append-only.</param>
internal sealed record ReceiverSettings(BrokerSettings Broker, string ClientId, string Folder)
{
    public string RawFile => Path.Combine(Folder, "received.egb1");
}
