using System.Text;
using EdgeGateway.Evidence;
using EdgeGateway.Uplink;

namespace EdgeGateway.Fuzzing;

/// <summary>What whoever may publish can send: lines to a receiver, commands to a gateway. Signatures are looked at first, and payloads here without them too.</summary>
internal static class WireTargets
{
    private static readonly string VectorFolder = Path.Combine(CorpusFolder.Repository, "tests", "vectors");
    private static readonly TrustedKeys Trusted = TrustedKeys.Load(Path.Combine(VectorFolder, "gateway.crt"));

    public static FuzzTarget Payload { get; } = new("wire-payload", () => Vectors().Select(line => Envelope.PayloadOf(line).ToArray()).Where(payload => payload.Length > 0), TakePayload);

    public static FuzzTarget Line { get; } = new("wire-line", Vectors, TakeLine);

    public static FuzzTarget Command { get; } = new("wire-command",
        () => [Encoding.UTF8.GetBytes("""{"v":1,"site":"s","gw":"gw-1","epoch":1,"n":1,"op":"resend","args":{"stream":"readings","from":1,"to":2}}""")], bytes => PlatformCommand.Parse(bytes));

    private static void TakePayload(byte[] bytes)
    {
        var facts = new PayloadParser(keepsRows: true).TryParse(bytes, out var fault);
        BrokenInvariantException.Unless(facts is not null || fault.Length > 0, "refused without a reason");
        if (facts is not { Kind: "data" }) return;
        foreach (var value in DataRows.Enumerate(bytes)) BrokenInvariantException.Unless(value.Signal.Length > 0, "a value of no signal");
    }

    private static void TakeLine(byte[] bytes)
    {
        var check = new LineCheck(Trusted, new PayloadParser(keepsRows: false));
        var isTaken = check.Judge(bytes, out var payload, out var fault) is not null;
        BrokenInvariantException.Unless(isTaken ? payload.Length > 0 : fault.Text.Length > 0, isTaken ? "taken without a payload" : "refused without a reason");
    }

    /// <summary>One line of each of the wire contract's vectors.</summary>
    private static IEnumerable<byte[]> Vectors() => Directory.GetFiles(VectorFolder, "*.egb1").Order()
        .Select(file => File.ReadLines(file).LastOrDefault()).OfType<string>().Select(Encoding.UTF8.GetBytes).Where(line => line.Length < 4096);
}
