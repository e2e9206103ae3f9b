using System.Globalization;
using System.Text;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Commands.Demo;

/// <summary>What the demo proved: the verifier's verdict on what was received, and the ledger's on every value in it.</summary>
internal sealed record DemoVerdict(Verdict Chain, LedgerCheck Values, IReadOnlyDictionary<int, long> ByQuality, long WriteRequests, GatewayStatus Gateway)
{
    private const int Good = 0;

    public bool IsClean => Chain.IsOk && Values.Mismatched == 0 && Values.Matched > 0 && WriteRequests == 0 && Chain.Readings == Gateway.Readings;

    /// <summary>Reads the receiver's file again, as a stranger would who has only it and the gateway's certificate.</summary>
    public static DemoVerdict Of(string received, TrustedKeys keys, ServedLedger ledger, long writeRequests, GatewayStatus gateway)
    {
        var verifier = new ChainVerifier(keys);
        var delivered = new List<DataValue>();
        var seen = new HashSet<ChainHash>();
        foreach (var line in EgbFile.Lines(received))
        {
            verifier.Add(line);
            var payload = Envelope.PayloadOf(line.Span).ToArray();
            if (seen.Add(ChainHash.Of(payload))) delivered.AddRange(DataRows.Enumerate(payload));
        }
        var check = new LedgerCheck(ledger);
        var byQuality = new SortedDictionary<int, long>();
        foreach (var row in delivered.OrderBy(row => row.UtcMs))
        {
            var dot = row.Signal.IndexOf('.', StringComparison.Ordinal);
            check.Take(row.Signal[..dot], row.Signal[(dot + 1)..], row.UtcMs, row.Token, (int)row.Quality);
            byQuality[(int)row.Quality] = byQuality.GetValueOrDefault((int)row.Quality) + 1;
        }
        return new DemoVerdict(verifier.Finish(), check, byQuality, writeRequests, gateway);
    }

    public string ToText()
    {
        var text = new StringBuilder();
        text.AppendLine().AppendLine(Chain.ToText().TrimEnd());
        text.AppendLine(CultureInfo.InvariantCulture, $"Values: {Values.Matched} of {Values.Matched + Values.Mismatched} exactly as the plant served them; {Values.WithoutValue} slots carry a reason instead of a value{Reasons()}.");
        foreach (var mismatch in Values.Mismatches.Take(10)) text.AppendLine(CultureInfo.InvariantCulture, $"  NOT AS SERVED  {mismatch}");
        if (Chain.Readings != Gateway.Readings)
            text.AppendLine(CultureInfo.InvariantCulture, $"  NOT COMPLETE   the gateway took {Gateway.Readings} readings, the receiver has {Chain.Readings}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Writes to plant equipment: {WriteRequests}.");
        text.Append(IsClean ? "VERDICT: clean. The chain is unbroken, every slot is covered, every value is as served." : "VERDICT: NOT CLEAN.");
        return text.ToString();
    }

    private string Reasons()
    {
        var reasons = ByQuality.Where(entry => entry.Key != Good).Select(entry => $"{entry.Value} {(Drivers.Quality)entry.Key}").ToList();
        return reasons.Count == 0 ? "" : $" ({string.Join(", ", reasons)})";
    }
}
