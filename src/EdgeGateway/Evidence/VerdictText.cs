using System.Globalization;
using System.Text;

namespace EdgeGateway.Evidence;

/// <summary>A verdict as a page: what was checked, how far the evidence reaches, what is wrong and what that means.</summary>
internal static class VerdictText
{
    private const int FaultsShown = 50;

    private static readonly Dictionary<string, string> Meanings = new(StringComparer.Ordinal)
    {
        [FaultCode.Format] = "A line is not as the wire contract has it. It was damaged, cut, or does not belong into this file.",
        [FaultCode.Typ] = "A line is signed, but is another kind of statement than gateway data.",
        [FaultCode.Key] = "A line is not signed with a key that was given. Check that the certificate belongs to this gateway.",
        [FaultCode.Signature] = "A line was changed after it was signed, or signed by somebody else. Do not rely on it.",
        [FaultCode.Fork] = "Two different payloads claim the same place. An honest gateway never makes them: find out who else holds its key.",
        [FaultCode.Missing] = "Payloads are absent and no signed gap explains why. They were lost or removed after the gateway sealed them.",
        [FaultCode.Chain] = "A payload does not continue the one before it. One of the two was replaced.",
        [FaultCode.Boot] = "The gateway started anew without saying what became of the boot before. What was polled in between is not proven.",
        [FaultCode.Plan] = "Data does not agree with what the gateway had declared it would poll.",
        [FaultCode.Uncovered] = "The gateway should have said something about every signal in every polling slot, and did not.",
        [FaultCode.Twice] = "A signal has two readings for the same polling slot. Which one counts is not proven.",
        [FaultCode.AfterStop] = "There are readings for slots after the end the gateway gave.",
        [FaultCode.Truncated] = "The gateway proved more, or other, payloads than are here. The end of the evidence was cut off or exchanged.",
        [FaultCode.Time] = "Times contradict each other: an end before a beginning, or a clock that ran backwards within a boot.",
        [FaultCode.Seal] = "A seal does not belong to the payloads it covers. Somebody exchanged them, or the seal.",
        [FaultCode.Clock] = "The wall clock moved while the machine's own count of time did not, and the gateway did not say so. Do not rely on the times around it.",
    };

    public static string Of(Verdict verdict)
    {
        var page = new StringBuilder();
        Line(page, verdict.IsOk ? "Result: no faults." : $"Result: {Count(verdict.Faults.Count, "fault", "faults")}.");
        Line(page, "");
        Line(page, $"Checked {Count(verdict.Lines, "line", "lines")} with {Count(verdict.Payloads, "payload", "payloads")}"
            + $" and {Count(verdict.Readings, "reading", "readings")}: form, signatures, sequence, chain, polling slots and times.");
        if (verdict.Duplicates > 0) Line(page, $"{Count(verdict.Duplicates, "payload", "payloads")} came more than once, which is harmless.");
        WriteStreams(page, verdict.Streams);
        if (!verdict.IsOk) WriteFaults(page, verdict.Faults);
        return page.ToString();
    }

    private static void WriteStreams(StringBuilder page, IReadOnlyList<VerdictStream> streams)
    {
        Line(page, "");
        Line(page, streams.Count == 0 ? "There is no sequenced payload that could be checked." : "Streams:");
        foreach (var stream in streams)
        {
            Line(page, $"  {stream.Gateway}, epoch {stream.Epoch}, {stream.Stream}: {stream.Low} to {stream.High}");
            Line(page, $"    chain hash of {stream.High}: {stream.HashOfHigh}");
        }
    }

    private static void WriteFaults(StringBuilder page, IReadOnlyList<VerdictFault> faults)
    {
        Line(page, "");
        Line(page, "What is wrong, and what it means:");
        foreach (var kind in faults.GroupBy(fault => fault.Code, StringComparer.Ordinal))
        {
            Line(page, $"  {kind.Key} ({kind.Count()})");
            Line(page, $"    {Meanings.GetValueOrDefault(kind.Key, "A fault of a later version of this contract.")}");
        }
        Line(page, "");
        Line(page, faults.Count > FaultsShown ? $"The first {FaultsShown} of {faults.Count} faults; the JSON verdict has all:" : "The faults:");
        foreach (var fault in faults.Take(FaultsShown)) Line(page, $"  {fault.Code,-10} {Place(fault)}: {Printable(fault.Text)}");
    }

    private static string Place(VerdictFault fault) => fault switch
    {
        { Line: > 0 } => string.Create(CultureInfo.InvariantCulture, $"line {fault.Line}"),
        { Stream: "" } => "statement",
        { Sequence: 0 } => fault.Stream,
        _ => string.Create(CultureInfo.InvariantCulture, $"{fault.Stream} {fault.Sequence}"),
    };

    private static string Count(long number, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : many)}");

    /// <summary>Names come from the input, and this goes to terminals.</summary>
    private static string Printable(string text) => string.Create(text.Length, text, static (chars, from) =>
    {
        for (var i = 0; i < chars.Length; i++) chars[i] = char.IsControl(from[i]) ? '?' : from[i];
    });

    // One kind of line end, whatever machine it is made on.
    private static void Line(StringBuilder page, string text) => page.Append(text).Append('\n');
}
