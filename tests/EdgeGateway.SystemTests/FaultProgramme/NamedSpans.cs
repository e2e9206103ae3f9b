using System.Text.Json;
using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>The times for which a signed record stands instead of readings.</summary>
internal sealed class NamedSpans
{
    /// <summary>Readings of one moment may be sealed one batch apart.</summary>
    private const long Tolerance = 2_000;

    private readonly List<(long FromMs, long ToMs)> _spans = [];

    public NamedSpans(Reception reception)
    {
        foreach (var payload in reception.Distinct)
        {
            switch (payload.Facts.Body)
            {
                case BootGap:
                    using (var document = JsonDocument.Parse(payload.Payload))
                        Add(document.RootElement.GetProperty("from").GetInt64(), document.RootElement.GetProperty("to").GetInt64());
                    break;
                case LossGap gap when payload.Facts.Stream.Stream == Streams.Readings:
                    Add(Before(reception, payload.Facts.Stream, gap.Low), After(reception, payload.Facts.Stream, gap.High));
                    HoldsLosses = true;
                    break;
            }
        }
    }

    /// <summary>True if segments were dropped or damaged, and a record says so.</summary>
    public bool HoldsLosses { get; }

    public bool Contain(long utcMs) => _spans.Exists(span => span.FromMs <= utcMs && utcMs <= span.ToMs);

    private void Add(long fromMs, long toMs) => _spans.Add((fromMs - Tolerance, toMs + Tolerance));

    private static long Before(Reception reception, StreamKey stream, long low)
    {
        for (var sequence = low - 1; sequence > 0; sequence--)
            if (reception.At(stream, sequence) is { } payload) return payload.Facts.T1;
        return long.MinValue + Tolerance;
    }

    // There is always one: the record itself comes after what it names.
    private static long After(Reception reception, StreamKey stream, long high)
    {
        var sequence = high + 1;
        while (reception.At(stream, sequence) is null) sequence++;
        return reception.At(stream, sequence)!.Facts.T0; // the loop ends at one that is there
    }
}
