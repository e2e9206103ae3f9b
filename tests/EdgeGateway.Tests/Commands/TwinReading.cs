using System.Text;
using EdgeGateway.Acquisition;
using EdgeGateway.Commands;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Links;
using EdgeGateway.Evidence;
using EdgeGateway.PlantSimulator;
using EdgeGateway.Recording;

namespace EdgeGateway.Tests.Commands;

/// <summary>A site's twin on free ports, read by the real drivers over real sockets, and every reading held against what the twin served.</summary>
internal sealed class TwinReading
{
    private readonly ServedLedger _ledger = new();
    private readonly LedgerCheck _check;

    private TwinReading() => _check = new LedgerCheck(_ledger);

    /// <summary>Values that were not served like that.</summary>
    public IEnumerable<string> Wrong => _check.Mismatches.Select(mismatch => mismatch.ToString());

    /// <summary>How often each signal brought which quality.</summary>
    public Dictionary<string, Dictionary<Quality, int>> Qualities { get; } = [];

    /// <summary>The values of a signal, without repetitions in a row.</summary>
    public Dictionary<string, List<string>> Values { get; } = [];

    /// <summary>Polls every group of the plant so many times.</summary>
    public static async Task<TwinReading> Of(Plant plant, int polls)
    {
        var reading = new TwinReading();
        await using var twin = SimulatedSite.Of(plant, reading._ledger, onFreePorts: true, TimeProvider.System);
        await twin.StartAsync(CancellationToken.None);
        foreach (var line in plant.PointedAt(twin).Lines) await reading.ReadAsync(line, polls);
        Assert.Equal(0, twin.WriteRequests);
        return reading;
    }

    private async Task ReadAsync(Line line, int polls)
    {
        var channel = new ReadingChannel();
        var sink = new PollSink(channel, TimeProvider.System);
        await using var link = await LinkDial.For(line.Connect, TimeProvider.System).DialAsync(CancellationToken.None);
        var turns = new DriverTurns(line, protocol => protocol.Create(line.Name, TimeProvider.System), TimeProvider.System);
        await turns.AttachAsync(link, CancellationToken.None);
        for (var poll = 0; poll < polls; poll++)
            foreach (var device in line.Devices)
                foreach (var group in device.Groups)
                {
                    sink.Begin(group, poll);
                    await turns.ReadAsync(device, group.Poll, sink, CancellationToken.None);
                    sink.Close(Quality.BadReply);
                    foreach (var block in sink.Blocks)
                    {
                        Take(device, block);
                        channel.Return(block);
                    }
                }
    }

    private void Take(Device device, ReadingBlock block)
    {
        for (var i = 0; i < block.Count; i++)
        {
            var (id, reading) = (block.Group.Signals[block.First + i].Id.Text, block.Readings[i]);
            var token = TokenOf(reading);
            _check.Take(device.Name, id[(device.Name.Length + 1)..], block.UtcMs, token, (int)reading.Quality);
            if (!Qualities.TryGetValue(id, out var qualities)) (Qualities[id], Values[id]) = (qualities = [], []);
            qualities[reading.Quality] = qualities.GetValueOrDefault(reading.Quality) + 1;
            if (reading.Value.Kind != SampleKind.None && (Values[id].Count == 0 || Values[id][^1] != token)) Values[id].Add(token);
        }
    }

    private static string TokenOf(in Reading reading)
    {
        if (reading.Value.Kind == SampleKind.None) return "null";
        var text = new Utf8Buffer(64);
        ValueText.Write(text, reading.Value);
        return Encoding.UTF8.GetString(text.Written);
    }
}
