using EdgeGateway.Acquisition;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Drivers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGateway.Tests.Acquisition;

/// <summary>One line worker on simulated time, and what came out of it.</summary>
internal sealed class LineBench : IDisposable
{
    private readonly Line _line;
    private readonly int _seed;

    public LineBench(TimeSpan end, int seed, params Device[] devices)
    {
        Time = new SimulatedTime(end);
        Driver = new FakeDriver(Time);
        Dial = new FakeDial(Time);
        _seed = seed;
        _line = Plants.Line("line1", DriverCatalog.All[0], [.. devices]);
    }

    public SimulatedTime Time { get; }

    public FakeDriver Driver { get; }

    public FakeDial Dial { get; }

    public ILogger Log { get; init; } = NullLogger.Instance;

    public SlotBook Book { get; } = new();

    public GatewayStatus Status { get; } = new();

    /// <summary>Large enough that no test fills it by accident.</summary>
    public ReadingChannel Channel { get; } = new(200_000);

    /// <summary>Runs until the end and returns everything that was handed over.</summary>
    public async Task<List<Row>> RunAsync()
    {
        var worker = new LineWorker(_line, Dial, _ => Driver, Channel, Book, Status, Time, new Random(_seed), Log);
        await worker.RunAsync(Time.Stopping);
        var rows = new List<Row>();
        while (Channel.Reader.TryRead(out var block))
            for (var i = 0; i < block.Count; i++) rows.Add(new Row(block.Group.Id, block.First + i, block.Slot, block.UtcMs, block.Readings[i]));
        return rows;
    }

    public void Dispose() => Time.Dispose();

    /// <summary>One reading with its place.</summary>
    internal readonly record struct Row(string Group, int Signal, long Slot, long UtcMs, Reading Reading)
    {
        public Quality Quality => Reading.Quality;
    }
}
