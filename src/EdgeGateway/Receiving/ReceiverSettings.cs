using EdgeGateway.Config;
using EdgeGateway.Evidence;

namespace EdgeGateway.Receiving;

/// <summary>What a receiver listens to and where it keeps what it hears.</summary>
/// <param name="Broker">The broker; its first url is used.</param>
/// <param name="ClientId">Fixed, so that the broker keeps a session for the receiver while it is away.</param>
/// <param name="Folder">Where raw lines go: <c>received.egb1</c>, append-only.</param>
internal sealed record ReceiverSettings(BrokerSettings Broker, string ClientId, string Folder)
{
    /// <summary>The platform's key, to sign receipts with; null issues none. Whoever made it disposes of it.</summary>
    public ISigner? ReceiptSigner { get; init; }

    /// <summary>How often the gateways that were heard meanwhile get a receipt of each stream. Default 60 s.</summary>
    public TimeSpan ReceiptEvery { get; init; } = TimeSpan.FromSeconds(60);

    public string RawFile => Path.Combine(Folder, "received.egb1");
}
