using System.Globalization;
using System.Text;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Commands.Demo;

/// <summary>What the demo proved: the verifier's verdict on what was received, and the ledger's on every value in it.</summary>
/// <param name="Chain">On everything in the receiver's file.</param>
/// <param name="Values">On what this demo's gateway read: the ledger knows nothing of earlier demos in the same folder.</param>
/// <param name="ByQuality">How many readings of this demo have which quality.</param>
internal sealed record DemoVerdict(Verdict Chain, LedgerCheck Values, IReadOnlyDictionary<int, long> ByQuality, long WriteRequests, GatewayStatus Gateway)
{
    private const int Good = 0;

    public bool IsClean => Chain.IsOk && Values.Mismatched == 0 && Values.Matched > 0 && WriteRequests == 0 && Received == Gateway.Readings;

    /// <summary>Readings of this demo that the receiver has.</summary>
    private long Received => ByQuality.Values.Sum();

    /// <summary>Reads the receiver's file again, as a stranger would who has only it and the gateway's certificate.</summary>
    public static DemoVerdict Of(string received, TrustedKeys keys, ServedLedger ledger, long writeRequests, GatewayHost gateway)
    {
        var verifier = new ChainVerifier(keys);
        var delivered = new List<DataValue>();
        var seen = new HashSet<ChainHash>();
        var check = new LineCheck(keys, new PayloadParser(keepsRows: false));
        var boot = ulong.Parse(gateway.Boot, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        foreach (var line in EgbFile.Lines(received))
        {
            verifier.Add(line);
            if (check.Judge(line, out var payload, out _) is { } facts && facts.Boot == boot && seen.Add(facts.Hash)) delivered.AddRange(DataRows.Enumerate(payload));
        }
        var values = new LedgerCheck(ledger);
        var byQuality = new SortedDictionary<int, long>();
        foreach (var row in delivered.OrderBy(row => row.UtcMs))
        {
            var dot = row.Signal.IndexOf('.', StringComparison.Ordinal);
            values.Take(row.Signal[..dot], row.Signal[(dot + 1)..], row.UtcMs, row.Token, (int)row.Quality);
            byQuality[(int)row.Quality] = byQuality.GetValueOrDefault((int)row.Quality) + 1;
        }
        return new DemoVerdict(verifier.Finish(), values, byQuality, writeRequests, gateway.Status);
    }

    public string ToText()
    {
        var text = new StringBuilder();
        text.AppendLine().AppendLine(Chain.ToText().TrimEnd());
        text.AppendLine(CultureInfo.InvariantCulture, $"Values: {Values.Matched} of {Values.Matched + Values.Mismatched} exactly as the plant served them; {Values.WithoutValue} slots carry a reason instead of a value{Reasons()}.");
        foreach (var mismatch in Values.Mismatches.Take(10)) text.AppendLine(CultureInfo.InvariantCulture, $"  NOT AS SERVED  {mismatch}");
        if (Received != Gateway.Readings)
            text.AppendLine(CultureInfo.InvariantCulture, $"  NOT COMPLETE   the gateway took {Gateway.Readings} readings, the receiver has {Received}");
        if (Chain.Readings > Received)
            text.AppendLine(CultureInfo.InvariantCulture, $"{Chain.Readings - Received} readings of earlier demos in this folder: in the chain, their values not judged again.");
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
