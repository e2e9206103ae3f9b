namespace EdgeGateway.Evidence;

/// <summary>What the stream <c>readings</c> must hold beyond its chain: each boot announced, each group planned, each slot covered once.</summary>
/// <param name="inOrder">The payloads that stand, by sequence; at least one.</param>
/// <param name="proven">The highest sequence number that anything proves.</param>
internal sealed class ReadingsCheck(StreamKey key, PayloadFacts[] inOrder, long proven, FaultList faults)
{
    /// <summary>Wider than any group: a group of unknown size is never covered, and nothing of it is due.</summary>
    private const int UnknownSize = int.MaxValue;

    /// <summary>A crash, a stop and the end of the input may each lose the highest slot and the two before it.</summary>
    private const int SlotsAnEndMayLose = 3;

    private readonly HashSet<ulong> _bootsBesideHoles = [];
    private readonly HashSet<ulong> _bootsNamedByGaps = [];
    private readonly Dictionary<(ulong Boot, string Group), (PlannedGroup Group, long Sequence)> _plans = [];
    private readonly Dictionary<(ulong Boot, string Group), long> _lastSlots = [];
    private readonly Dictionary<(ulong Boot, string Group), SlotCoverage> _coverage = [];

    public void Judge()
    {
        JudgeBootsAndFindHoles();
        CollectDeclarations();
        foreach (var payload in inOrder)
            if (payload.Body is DataBody data) JudgeData(payload, data);
        JudgeCoverage();
    }

    private void JudgeBootsAndFindHoles()
    {
        PayloadFacts? before = null;
        foreach (var payload in inOrder)
        {
            if (payload.Sequence != (before?.Sequence ?? 0) + 1)
            {
                if (before is not null) _bootsBesideHoles.Add(before.Boot);
                // A gap between two boots is the first of its own: what is absent before it belongs to others.
                if (payload.Body is not BootGap) _bootsBesideHoles.Add(payload.Boot);
            }
            else if (before is not null && payload.Boot != before.Boot && !(payload.Body is BootGap gap && gap.PreviousBoot == before.Boot))
            {
                faults.Add(FaultCode.Boot, key, payload.Sequence,
                    $"boot {Name(payload.Boot)} begins without a gap that names the boot before it, {Name(before.Boot)}");
            }
            before = payload;
        }
        if (proven > before!.Sequence) _bootsBesideHoles.Add(before.Boot);
    }

    private void CollectDeclarations()
    {
        foreach (var payload in inOrder)
        {
            switch (payload.Body)
            {
                case PlanBody plan:
                    foreach (var group in plan.Groups) _plans.TryAdd((payload.Boot, group.Id), (group, payload.Sequence));
                    break;
                case StopBody stop:
                    foreach (var (group, slot) in stop.Last) _lastSlots.TryAdd((payload.Boot, group), slot);
                    break;
                case BootGap gap:
                    _bootsNamedByGaps.Add(gap.PreviousBoot);
                    break;
            }
        }
    }

    private void JudgeData(PayloadFacts payload, DataBody data)
    {
        var wrong = data.RefusedRow;
        var coverage = new SlotCoverage?[data.Groups.Length];
        for (var i = 0; i < coverage.Length; i++)
        {
            var group = data.Groups[i];
            var isPlanned = _plans.TryGetValue((payload.Boot, group.Id), out var plan);
            if ((!isPlanned || plan.Sequence > payload.Sequence) && !_bootsBesideHoles.Contains(payload.Boot))
                wrong ??= $"data of {group.Id}, which boot {Name(payload.Boot)} had not declared";
            if (isPlanned && (plan.Group.PeriodMs != group.PeriodMs || plan.Group.Size != group.Size))
                wrong ??= $"{group.Id} with {group.Size} signals every {group.PeriodMs} ms, "
                    + $"declared with {plan.Group.Size} every {plan.Group.PeriodMs} ms";
            else
                coverage[i] = Coverage(payload.Boot, group.Id);
        }
        if (wrong is not null) faults.Add(FaultCode.Plan, key, payload.Sequence, wrong);
        foreach (ref readonly var row in data.Rows.AsSpan()) coverage[row.Group]?.Add(row);
    }

    private SlotCoverage Coverage(ulong boot, string group)
    {
        if (_coverage.TryGetValue((boot, group), out var coverage)) return coverage;
        coverage = new SlotCoverage(
            _plans.TryGetValue((boot, group), out var plan) ? plan.Group.Size : UnknownSize,
            _lastSlots.TryGetValue((boot, group), out var last) ? last : null);
        _coverage.Add((boot, group), coverage);
        return coverage;
    }

    private void JudgeCoverage()
    {
        // A group of which no row has come is judged too.
        foreach (var (boot, group) in _plans.Keys) Coverage(boot, group);
        foreach (var ((boot, group), coverage) in _coverage)
        {
            coverage.Close();
            var where = $"boot {Name(boot)}, {group}:";
            if (coverage.FirstTwice is { } twice)
                faults.Add(FaultCode.Twice, key, 0, $"{where} a signal has two rows for slot {twice}");
            if (coverage.FirstAfterStop is { } after)
                faults.Add(FaultCode.AfterStop, key, 0,
                    $"{where} a row for slot {after}, after the last one the stop gives, {_lastSlots[(boot, group)]}");
            if (_bootsBesideHoles.Contains(boot) || !_plans.TryGetValue((boot, group), out var plan) || LastDue(boot, group, coverage) is not { } due)
                continue;
            if (coverage.FirstUncovered(new NumberRange(plan.Group.FirstSlot, due)) is { } uncovered)
                faults.Add(FaultCode.Uncovered, key, 0,
                    $"{where} slot {uncovered} has no row for at least one signal; due are {plan.Group.FirstSlot} to {due}");
        }
    }

    private long? LastDue(ulong boot, string group, SlotCoverage coverage)
    {
        if (_lastSlots.TryGetValue((boot, group), out var last)) return last;
        if (coverage.Highest is not { } highest) return null;
        return _bootsNamedByGaps.Contains(boot) || boot == inOrder[^1].Boot ? highest - SlotsAnEndMayLose : highest;
    }

    private static string Name(ulong boot) => boot.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
