namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>Watches that a run needs no more as time goes on (I8) and that the devices are asked as often as the plan says, never in a storm.</summary>
internal sealed class SteadyPace(SimulatedRun run, TimeSpan period, RoundHistory history)
{
    /// <summary>Groups polled in each period, and the one that is polled in every tenth.</summary>
    private const double PollsInAPeriod = 3.1;

    /// <summary>What a collector and the buffers of sockets may differ by, and what may be left for each simulated day.</summary>
    private const long Noise = 2 << 20;
    private const long GrowthInADay = 1 << 19;
    private const int MostNewHandles = 16;
    private const int MostNewThreads = 12;

    private readonly List<Sample> _samples = [];

    /// <summary>Lets time pass and looks how often the devices were asked meanwhile.</summary>
    /// <param name="duration">How long.</param>
    /// <param name="isHealthy">True if every device answers: then every slot is asked for.</param>
    public async Task PassAsync(TimeSpan duration, bool isHealthy)
    {
        var (asked, from) = (run.Asked, run.Clock.Elapsed);
        await run.PassAsync(duration).ConfigureAwait(false);
        asked = run.Asked - asked;
        var due = duration / period * PollsInAPeriod;
        if (asked > 2 * due + 6) history.Fault($"T6: {asked} questions in {duration.TotalSeconds:0} s from {from} on, {due:0} polls were due: a storm");
        if (isHealthy && asked < due - 6) history.Fault($"T6: only {asked} questions in {duration.TotalSeconds:0} s from {from} on, {due:0} polls were due: the schedule stood still");
    }

    /// <summary>Takes down what the process needs now.</summary>
    public void Look()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        _samples.Add(new Sample(run.Clock.Elapsed, run.LiveBytes, process.HandleCount, process.Threads.Count));
    }

    /// <summary>Compares the last third of the run with the one before: in the first the store's page cache fills, step by step up to its bound.</summary>
    public void Judge()
    {
        var third = _samples.Count / 3;
        var (first, last) = (_samples[third..^third], _samples[^third..]);
        var days = (last[^1].At - first[0].At).TotalDays;
        var growth = Middle(last) - Middle(first);
        if (growth > Noise + GrowthInADay * days) history.Fault($"I8: memory grew by {growth} bytes in {days:0.00} simulated days: {Told(sample => sample.Bytes)}");
        if (last.Min(sample => sample.Handles) > first.Max(sample => sample.Handles) + MostNewHandles) history.Fault($"I8: handles: {Told(sample => sample.Handles)}");
        if (last.Min(sample => sample.Threads) > first.Max(sample => sample.Threads) + MostNewThreads) history.Fault($"I8: threads: {Told(sample => sample.Threads)}");
    }

    // The store closes a file now and then, and its page cache goes with it: a look at such a moment says nothing.
    private static long Middle(List<Sample> samples) => samples.Select(sample => sample.Bytes).Order().ElementAt(samples.Count / 2);

    private string Told(Func<Sample, long> what) => string.Join(' ', _samples.Select(what));

    /// <summary>One look.</summary>
    internal readonly record struct Sample(TimeSpan At, long Bytes, int Handles, int Threads);
}
