using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>The one checker of all scenarios: holds the three ledgers of a round against each other and against the invariants.</summary>
internal static class InvariantCheck
{
    private const int MostTold = 5;

    /// <summary>
    /// Judges one round whose gateway has stopped. Numbers in the faults are those of the invariants: I1 every slot accounted for once, I2 exactly once after
    /// the removal of repeats, I3 no fork, I4 the chain, I5 values as served, I6 nothing old lost to a crash, I9 delivering again in time, I10 nothing written
    /// to the plant, I11 secrets kept, I12 ready again by itself.
    /// </summary>
    public static async Task<FaultOutcome> JudgeAsync(Ledgers ledgers, RoundHistory history)
    {
        using var keys = TrustedKeys.Load(ledgers.Certificates);
        var reception = new Reception(ledgers.Receiver, keys);
        var spans = new NamedSpans(reception);
        var values = ledgers.Devices is { } devices ? new ValueCheck(devices, reception, spans, history) : null;
        var slots = history.IsForked ? null : new SlotCount(reception, spans, history.ClockWasStepped);
        var faults = new List<string>(history.Faults);
        faults.AddRange(reception.Faults);
        faults.AddRange(history.IsForked ? Fork(reception) : Chain(reception));
        if (history.IsJudgedTwice) faults.AddRange(await SecondVerifier.JudgeAsync(ledgers, reception.Verdict));
        if (!history.IsForked)
        {
            faults.AddRange(slots!.Faults); // made above, as this is no fork
            if (values is not null) faults.AddRange(values.Faults);
            if (ledgers.Gateway is { } gateway) faults.AddRange(StoreCheck.Judge(gateway, reception, history.BrokerLies).Take(MostTold));
            if (spans.HoldsLosses && !history.MayLoseNamed) faults.Add("I1: segments were dropped although nothing in this scenario forces the gateway to");
        }
        if (ledgers.Devices is { WriteRequests: > 0 and var writes }) faults.Add($"I10: the devices were asked to write {writes} times");
        foreach (var secret in history.Secrets) faults.AddRange(SecretCheck.Judge(secret, ledgers.Receiver));
        faults.AddRange(Lateness(history));
        return new FaultOutcome
        {
            Served = values?.Served ?? 0,
            Delivered = values?.Delivered ?? reception.Verdict.Readings,
            Lost = history.IsForked ? 0 : Math.Max(slots!.Lost, values?.Lost ?? 0),
            Duplicated = reception.Duplicated,
            Forked = reception.Forked,
            Named = values?.Named ?? slots?.Named ?? 0,
            Faults = faults,
        };
    }

    private static IEnumerable<string> Chain(Reception reception)
    {
        if (reception.Verdict.Lines == 0) yield return "I9: nothing was received";
        if (reception.Forked > 0) yield return $"I3: {reception.Forked} payloads stand under numbers that others bear";
        foreach (var fault in reception.Verdict.Faults.Take(MostTold))
            yield return $"I4: {fault.Code} at {fault.Stream} {fault.Sequence} (line {fault.Line}): {fault.Text}";
    }

    private static IEnumerable<string> Fork(Reception reception)
    {
        if (reception.Forked == 0) yield return "I3: two gateways under one identity left no fork at the receiver";
        if (!reception.Verdict.Faults.Any(fault => fault.Code == FaultCode.Fork)) yield return "I3: the verifier does not tell of the fork";
    }

    private static IEnumerable<string> Lateness(RoundHistory history)
    {
        foreach (var recovery in history.Recoveries)
            if (recovery.Took > recovery.Within) yield return $"I9: {recovery.What} took {recovery.Took.TotalSeconds:0.0} s, at most {recovery.Within.TotalSeconds:0} s are allowed";
        if (history.OwnEnds > history.Harms) yield return $"I12: the program ended by itself {history.OwnEnds} times after {history.Harms} faults";
    }
}
