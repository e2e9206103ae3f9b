using System.Globalization;
using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>
/// I1 counted once more and without the verifier: per boot and group, how many values each polling slot has. A slot has as many as the group has
/// signals, or a signed record says why not.
/// </summary>
internal sealed class SlotCount
{
    /// <summary>The last slots of a boot that ended without a word may be sealed in part (docs/wire.md §6).</summary>
    private const int SlotsAnEndMayLose = 3;

    /// <summary>How far a poll may stray from its slot's time: a slow answer, a busy machine, and a line that waits.</summary>
    private static readonly TimeSpan Stray = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(long Epoch, ulong Boot, string Group), PolledGroup> _groups = [];
    private readonly HashSet<ulong> _named = [];
    private readonly List<string> _faults = [];

    public SlotCount(Reception reception, NamedSpans spans, bool clockWasStepped)
    {
        ReceivedPayload? newest = null;
        foreach (var payload in reception.InOrder(Streams.Readings))
        {
            newest = payload;
            Take(payload);
        }
        if (newest is not null) _named.Add(newest.Facts.Boot);
        foreach (var (key, group) in _groups) Judge(key.Boot, key.Group, group, spans.HoldsLosses, clockWasStepped);
    }

    /// <summary>Values of slots that were due and that neither a value nor a signed record accounts for.</summary>
    public long Lost { get; private set; }

    /// <summary>Values of slots that a signed record accounts for.</summary>
    public long Named { get; private set; }

    public IReadOnlyList<string> Faults => _faults;

    private void Take(ReceivedPayload payload)
    {
        var (epoch, boot) = (payload.Facts.Stream.Epoch, payload.Facts.Boot);
        switch (payload.Facts.Body)
        {
            case PlanBody plan:
                foreach (var group in plan.Groups)
                {
                    var planned = Of(epoch, boot, group.Id);
                    (planned.Size, planned.PeriodMs, planned.First) = (group.Size, group.PeriodMs, group.FirstSlot);
                }
                break;
            case StopBody stop:
                foreach (var (group, last) in stop.Last) Of(epoch, boot, group).Last = last;
                break;
            case BootGap gap:
                _named.Add(gap.PreviousBoot);
                break;
            case DataBody:
                foreach (var value in DataRows.Enumerate(payload.Payload)) Of(epoch, boot, value.Group).Add(value);
                break;
        }
    }

    private PolledGroup Of(long epoch, ulong boot, string group)
    {
        if (!_groups.TryGetValue((epoch, boot, group), out var polled)) _groups.Add((epoch, boot, group), polled = new PolledGroup());
        return polled;
    }

    private void Judge(ulong boot, string name, PolledGroup group, bool hasLosses, bool clockWasStepped)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"boot {boot:x16}, {name}");
        var due = group.Last ?? group.Highest;
        var certain = group.Last is null && _named.Contains(boot) ? due - SlotsAnEndMayLose : due;
        var (lost, firstLost) = (0L, -1L);
        for (var slot = group.First; slot <= due; slot++)
        {
            var missing = group.Size - group.Values.GetValueOrDefault(slot);
            if (missing < 0) _faults.Add($"I1: {where}: slot {slot} has {-missing} values too many");
            if (missing <= 0) continue;
            if (slot > certain || hasLosses)
            {
                Named += missing;
                continue;
            }
            lost += missing;
            if (firstLost < 0) firstLost = slot;
        }
        if (lost > 0) _faults.Add($"I1: {where}: {lost} values are missing and nobody says why, the first in slot {firstLost} of {group.First} to {due}");
        Lost += lost;
        if (!clockWasStepped && group.Spread > group.PeriodMs + Stray.TotalMilliseconds)
            _faults.Add($"I1: {where}: its slots of {group.PeriodMs} ms stray from the clock by {group.Spread} ms: slots were dropped or invented");
    }

    /// <summary>One group of one boot.</summary>
    private sealed class PolledGroup
    {
        private long _earliest = long.MaxValue;
        private long _latest = long.MinValue;

        public int Size { get; set; }
        public long PeriodMs { get; set; } = 1;
        public long First { get; set; }
        public long? Last { get; set; }
        public long Highest { get; private set; } = -1;
        public Dictionary<long, int> Values { get; } = [];

        /// <summary>How far the times of good readings stray from their slots' times, in ms.</summary>
        public long Spread => _latest > _earliest ? _latest - _earliest : 0;

        public void Add(DataValue value)
        {
            Values[value.Slot] = Values.GetValueOrDefault(value.Slot) + 1;
            Highest = Math.Max(Highest, value.Slot);
            if (value.Quality != 0) return;
            var start = value.UtcMs - value.Slot * PeriodMs;
            (_earliest, _latest) = (Math.Min(_earliest, start), Math.Max(_latest, start));
        }
    }
}
