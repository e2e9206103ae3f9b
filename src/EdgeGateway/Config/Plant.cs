using System.Collections.Immutable;
using EdgeGateway.Config.Model;

namespace EdgeGateway.Config;

/// <summary>A site folder, read, checked and immutable: everything the running gateway knows about its plant.</summary>
internal sealed record Plant
{
    /// <summary>The site's name in topics and payloads: <c>SignalId.IsValidPart</c>.</summary>
    public required string Site { get; init; }

    /// <summary>This gateway's name, unique in the city: <c>SignalId.IsValidPart</c>.</summary>
    public required string Gateway { get; init; }

    /// <summary>The plant's name for people.</summary>
    public required string Title { get; init; }

    public required BrokerSettings Broker { get; init; }
    public required RecordingSettings Recording { get; init; }
    public required OutboxSettings Outbox { get; init; }

    /// <summary>With which keys the gateway signs.</summary>
    public SigningSettings Signing { get; init; } = new();

    /// <summary>Where dashboards on site get plain values; null for nowhere.</summary>
    public MirrorSettings? Mirror { get; init; }

    public required ImmutableArray<Line> Lines { get; init; }

    /// <summary>What the plant consists of and what its signals are to it; null for a site without <c>plant.yaml</c>.</summary>
    public PlantModel? Model { get; init; }

    /// <summary>base64url SHA-256 over the names and bytes of every file that was read, in name order.</summary>
    public required string ConfigHash { get; init; }

    /// <summary>Every group of every device.</summary>
    public IEnumerable<SignalGroup> Groups => Lines.SelectMany(line => line.Devices).SelectMany(device => device.Groups);
}
