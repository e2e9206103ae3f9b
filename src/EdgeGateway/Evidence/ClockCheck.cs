namespace EdgeGateway.Evidence;

/// <summary>
/// Whether the wall clock of each boot went with its monotonic clock but for the steps on record (docs/wire.md §6, <c>clock</c>). Takes every payload that stands, then
/// judges once.
/// </summary>
internal sealed class ClockCheck(FaultList faults)
{
    /// <summary>What two stamps may differ by whatever lies between them, ms.</summary>
    private const long SlackMs = 1_000;

    /// <summary>500 ppm of the time between them.</summary>
    private const long DriftDivisor = 2_000;

    /// <summary>A stamp this short before the last payload of its boot is not judged: the event about it may not have been sealed any more.</summary>
    private const long GraceMs = 30_000;

    private readonly Dictionary<(string Gateway, long Epoch, ulong Boot), BootTimes> _boots = [];

    public void Take(PayloadFacts payload)
    {
        var key = (payload.Stream.Gateway, payload.Stream.Epoch, payload.Boot);
        if (!_boots.TryGetValue(key, out var boot)) _boots.Add(key, boot = new BootTimes());
        if (payload.Body is ClockBody clock) boot.Steps.Add(clock.Step);
        if (payload.IsSequenced) boot.LastSequenced = Math.Max(boot.LastSequenced, payload.Monotonic);
        // Only of these is t1 the moment at which they were made.
        if (payload.Kind is "event" or "gap" or "head" or "birth" or "will") boot.Stamps.Add(payload);
    }

    /// <summary>Judges what was taken.</summary>
    /// <param name="eventsOf">The payloads of the stream <c>events</c> of a gateway and epoch by their sequence, and the highest number that anything proves.</param>
    public void Judge(Func<StreamKey, (PayloadFacts[] InOrder, long Proven)> eventsOf)
    {
        foreach (var epoch in _boots.GroupBy(entry => (entry.Key.Gateway, entry.Key.Epoch)))
        {
            var (inOrder, proven) = eventsOf(new StreamKey(epoch.Key.Gateway, epoch.Key.Epoch, Streams.Events));
            var from = FirstOfBoots(inOrder);
            foreach (var ((_, _, boot), times) in epoch)
                // With an event absent nobody knows whether it was the one that says so.
                if (from.TryGetValue(boot, out var first) && IsWhole(inOrder, first, proven)) JudgeBoot(times);
        }
    }

    private static Dictionary<ulong, int> FirstOfBoots(PayloadFacts[] inOrder)
    {
        var from = new Dictionary<ulong, int>();
        for (var i = 0; i < inOrder.Length; i++) from.TryAdd(inOrder[i].Boot, i);
        return from;
    }

    private static bool IsWhole(PayloadFacts[] inOrder, int first, long proven) =>
        inOrder[^1].Sequence == proven && inOrder[^1].Sequence - inOrder[first].Sequence == inOrder.Length - 1 - first;

    private void JudgeBoot(BootTimes boot)
    {
        boot.Stamps.Sort(static (a, b) =>
        {
            var order = a.Monotonic.CompareTo(b.Monotonic);
            if (order == 0) order = a.T1.CompareTo(b.T1);
            if (order == 0) order = string.CompareOrdinal(a.Stream.Stream, b.Stream.Stream);
            return order == 0 ? a.Sequence.CompareTo(b.Sequence) : order;
        });
        for (var i = 1; i < boot.Stamps.Count; i++)
        {
            var (before, stamp) = (boot.Stamps[i - 1], boot.Stamps[i]);
            if ((Int128)stamp.Monotonic + GraceMs > boot.LastSequenced) return;
            var moved = (Int128)stamp.T1 - stamp.Monotonic - before.T1 + before.Monotonic;
            var allowed = (Int128)SlackMs + (stamp.Monotonic - before.Monotonic) / DriftDivisor + before.ClockErrorMs + stamp.ClockErrorMs;
            var (forward, back) = Excused(boot.Steps, before.Monotonic, stamp.Monotonic);
            if (moved > forward + allowed || moved < -back - allowed)
                faults.Add(FaultCode.Clock, stamp.Stream, stamp.Sequence, $"the wall clock moved {moved} ms against the monotonic clock since the stamp before, and no event says so");
        }
    }

    private static (Int128 Forward, Int128 Back) Excused(List<ClockStep> steps, long from, long to)
    {
        var (forward, back) = ((Int128)0, (Int128)0);
        foreach (var step in steps)
        {
            if (step.From > to || step.To < from) continue;
            forward += step.Forward;
            back += step.Back;
        }
        return (forward, back);
    }

    private sealed class BootTimes
    {
        public List<PayloadFacts> Stamps { get; } = [];

        public List<ClockStep> Steps { get; } = [];

        /// <summary>Highest monotonic time of a sequenced payload.</summary>
        public long LastSequenced { get; set; } = -1;
    }
}
