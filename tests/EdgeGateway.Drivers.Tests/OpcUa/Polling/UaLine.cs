using System.Collections.Concurrent;
using System.Collections.Immutable;
using EdgeGateway.Drivers.OpcUa.Polling;

namespace EdgeGateway.Drivers.Tests.OpcUa.Polling;

/// <summary>A line as its worker uses it: attached when it is not, asked for one group after the other, down when the driver says so.</summary>
internal sealed class UaLine : IAsyncDisposable
{
    private static readonly OpcUaType Type = new();

    private readonly IDriver _driver;
    private bool _isUp;

    /// <param name="url">The server.</param>
    /// <param name="state">The state folder.</param>
    /// <param name="keys">Line keys: <c>security=None username=operator</c>.</param>
    /// <param name="device">Device keys.</param>
    /// <param name="points">Columns of each point: <c>node=…|index=1</c>.</param>
    public UaLine(string url, string state, string keys, string device, params string[] points)
    {
        var settings = Type.ReadLine(Row(keys.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        var part = Type.ReadDevice(Row(device.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Group = new PollGroup("d/fast", part!, TimeSpan.FromMilliseconds(200), [.. points.Select((columns, at) => Type.ReadPoint($"s{at}", Row(columns.Split('|')))!)]); // Row asserts
        _driver = Type.Create(new LineContext("line1", new Uri(url), TimeProvider.System) { Settings = settings, Groups = [Group], Gateway = "site/gw", StateFolder = state, Say = Notices.Enqueue });
    }

    public PollGroup Group { get; }

    public ConcurrentQueue<DriverNotice> Notices { get; } = new();

    /// <summary>Why the line was down at the last poll; null if it was not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>What the last poll brought; empty if the line was down.</summary>
    public ImmutableArray<Sample> Samples { get; private set; } = [];

    public PollOutcome Outcome { get; private set; }

    /// <summary>How often, in all polls, the server told that it had dropped values.</summary>
    public long TimesDropped { get; private set; }

    public (long Asked, long Answered)[] Times { get; private set; } = [];

    public async Task Poll()
    {
        (Samples, Trouble) = ([], null);
        try
        {
            if (!_isUp) await _driver.AttachAsync(Stream.Null, CancellationToken.None);
            _isUp = true;
            var sink = new RecordingSink(Group.Points.Length);
            Outcome = await _driver.ReadAsync(Group, sink, CancellationToken.None);
            sink.AssertEachPointHasOneBlock();
            TimesDropped += sink.TimesDropped;
            (Samples, Times) = ([.. sink.Samples], sink.Times);
        }
        catch (LineDownException e)
        {
            (_isUp, Trouble) = (false, e.Message);
        }
    }

    /// <summary>Polls until a poll fits.</summary>
    public async Task Until(Func<UaLine, bool> fits)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await Poll();
            if (fits(this)) return;
            if (TimeProvider.System.GetElapsedTime(begun) > Eventually.Patience) Assert.Fail($"waited in vain: {this}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Polls until all points are good.</summary>
    public Task UntilGood() => Until(line => line.Samples.Length > 0 && line.Samples.All(sample => sample.Quality == Quality.Good));

    public Task UntilDown(string part) => Until(line => line.Trouble?.Contains(part, StringComparison.Ordinal) == true);

    public bool Said(string part) => Notices.Any(notice => notice.Text.Contains(part, StringComparison.Ordinal));

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_driver).DisposeAsync();

    public override string ToString() => $"trouble {Trouble}, {Outcome}, samples {string.Join(", ", Samples.Select(sample => $"{sample.Quality} {sample.Value.ToDouble()} {sample.Value.AsText}"))}, said {string.Join(" | ", Notices.Select(notice => notice.Text))}";

    private static SettingRow Row(IEnumerable<string> cells) => new(
        cells.Where(cell => cell.Length > 0).Select(cell => cell.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]), fault => Assert.Fail(fault.ToString()));
}
