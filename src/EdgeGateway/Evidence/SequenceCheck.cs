namespace EdgeGateway.Evidence;

/// <summary>What every stream must hold: no number absent without a gap that names it, hashes that fit, clocks that do not fall.</summary>
/// <param name="inOrder">The payloads that stand, by sequence; at least one.</param>
internal sealed class SequenceCheck(StreamKey key, PayloadFacts[] inOrder, FaultList faults)
{
    private readonly NumberRanges _named = new();
    private readonly Dictionary<long, List<ChainHash>> _hashesOfHigh = [];

    public void Judge()
    {
        CollectGaps();
        var lastMonotonic = new Dictionary<ulong, long>();
        PayloadFacts? before = null;
        foreach (var payload in inOrder)
        {
            JudgeMissing(before?.Sequence ?? 0, payload.Sequence);
            JudgeChain(before, payload);
            JudgeTime(payload, lastMonotonic);
            before = payload;
        }
    }

    private void CollectGaps()
    {
        var gaps = inOrder.Select(payload => payload.Body).OfType<LossGap>().OrderBy(gap => gap.Low).ToList();
        foreach (var gap in gaps)
        {
            _named.Add(new NumberRange(gap.Low, gap.High));
            if (!_hashesOfHigh.TryGetValue(gap.High, out var hashes)) _hashesOfHigh.Add(gap.High, hashes = []);
            hashes.Add(gap.HashOfHigh);
        }
    }

    private void JudgeMissing(long before, long sequence)
    {
        if (sequence == before + 1) return;
        foreach (var run in _named.Without(new NumberRange(before + 1, sequence - 1)))
        {
            faults.Add(FaultCode.Missing, key, run.Low,
                run.Count == 1 ? "this payload is missing" : $"{run.Low} to {run.High} are missing, {run.Count} payloads");
        }
    }

    private void JudgeChain(PayloadFacts? before, PayloadFacts payload)
    {
        if (payload.Sequence == 1)
        {
            if (payload.Previous != ChainHash.Zero) faults.Add(FaultCode.Chain, key, 1, "the first payload names one before it");
            return;
        }
        if (before is not null && before.Sequence == payload.Sequence - 1 && before.Hash != payload.Previous)
            faults.Add(FaultCode.Chain, key, payload.Sequence, "it was sealed after another payload than the one before it here");
        else if (_hashesOfHigh.TryGetValue(payload.Sequence - 1, out var hashes) && hashes.Exists(hash => hash != payload.Previous))
            faults.Add(FaultCode.Chain, key, payload.Sequence, "it was sealed after another payload than the gap before it names");
    }

    private void JudgeTime(PayloadFacts payload, Dictionary<ulong, long> lastMonotonic)
    {
        if (payload.T1 < payload.T0)
            faults.Add(FaultCode.Time, key, payload.Sequence, $"ends {payload.T1}, before it begins {payload.T0}");
        else if (lastMonotonic.TryGetValue(payload.Boot, out var last) && payload.Monotonic < last)
            faults.Add(FaultCode.Time, key, payload.Sequence, $"{payload.Monotonic} ms since its boot, the payload before it {last} ms");
        lastMonotonic[payload.Boot] = payload.Monotonic;
    }
}
