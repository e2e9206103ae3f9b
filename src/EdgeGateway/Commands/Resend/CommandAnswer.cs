using System.Text.Json;
using EdgeGateway.Evidence;

namespace EdgeGateway.Commands.Resend;

/// <summary>What a gateway's signed event <c>command</c> says (docs/wire.md §7).</summary>
/// <param name="Number">Of the command it answers.</param>
/// <param name="Epoch">Of the gateway that answers.</param>
/// <param name="IsAccepted">False if it is refused.</param>
/// <param name="Kept">Payloads of the range that are still kept and go out again.</param>
/// <param name="Why">Why it is refused; empty if it is accepted.</param>
internal sealed record CommandAnswer(long Number, long Epoch, bool IsAccepted, long Kept, string Why)
{
    /// <summary>Reads a verified payload; null if it answers no command.</summary>
    public static CommandAnswer? Of(PayloadFacts facts, ReadOnlyMemory<byte> payload)
    {
        if (facts.Kind != "event" || facts.Stream.Stream != Streams.Events) return null;
        using var document = JsonDocument.Parse(payload);
        var root = document.RootElement;
        if (!root.TryText("ev"u8, out var name) || name != "command" || !root.TryInteger("no"u8, 1, out var number)) return null;
        var isAccepted = root.TryGetProperty("ok"u8, out var ok) && ok.ValueKind == JsonValueKind.True;
        var why = root.TryText("why"u8, out var text) ? text : "";
        return new CommandAnswer(number, facts.Stream.Epoch, isAccepted, root.TryInteger("n"u8, 0, out var kept) ? kept : 0, why);
    }
}
