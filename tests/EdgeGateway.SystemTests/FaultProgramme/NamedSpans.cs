using System.Text.Json;
using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>The times for which a signed record stands instead of readings.</summary>
internal sealed class NamedSpans
{
    /// <summary>What one line answers may be sealed a batch later than what another does.</summary>
    private const long Before = 1_000;

    /// <summary>Clocks are read to the millisecond, and not at the same moment.</summary>
    private const long After = 200;

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
                    Add(NewestBefore(reception, payload.Facts.Stream, gap.Low), OldestAfter(reception, payload.Facts.Stream, gap.High) + Before);
                    HoldsLosses = true;
                    break;
            }
        }
    }

    /// <summary>True if segments were dropped or damaged, and a record says so.</summary>
    public bool HoldsLosses { get; }

    public bool Contain(long utcMs) => _spans.Exists(span => span.FromMs <= utcMs && utcMs <= span.ToMs);

    private void Add(long fromMs, long toMs) => _spans.Add((fromMs - Before, toMs + After));

    private static long NewestBefore(Reception reception, StreamKey stream, long low)
    {
        for (var sequence = low - 1; sequence > 0; sequence--)
            if (reception.At(stream, sequence) is { } payload) return payload.Facts.T1;
        return long.MinValue + Before;
    }

    // There is always one: the record itself comes after what it names.
    private static long OldestAfter(Reception reception, StreamKey stream, long high)
    {
        var sequence = high + 1;
        while (reception.At(stream, sequence) is null) sequence++;
        return reception.At(stream, sequence)!.Facts.T0; // the loop ends at one that is there
    }
}
