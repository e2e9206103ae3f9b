using System.Text.Json;

namespace EdgeGateway.Evidence;

/// <summary>Payloads <paramref name="Low"/> to <paramref name="High"/> of a stream, to be sent again.</summary>
internal sealed record ResendOrder(string Stream, long Low, long High)
{
    /// <summary>The most sequence numbers of one command.</summary>
    public const long MostNumbers = 10_000;

    /// <summary>Null if a member is missing or is anything else than docs/wire.md §7 says.</summary>
    public static ResendOrder? Parse(JsonElement command) =>
        command.TryName("st"u8, out var stream) && command.TryInteger("lo"u8, 1, out var low) && command.TryInteger("hi"u8, low, out var high)
            ? new ResendOrder(stream, low, high)
            : null;

    /// <summary>Why it cannot be done; null if it can.</summary>
    public string? Objection() =>
        !Streams.InOrderOfUrgency.Contains(Stream) ? "no such stream"
        : High - Low >= MostNumbers ? "range too long"
        : null;
}
