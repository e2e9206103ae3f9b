using System.Collections.Immutable;
using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Tests;

/// <summary>Small plants on a protocol of the tests' own.</summary>
internal static class Plants
{
    public static Plant Of(params ImmutableArray<Line> lines) => new()
    {
        Site = "test",
        Gateway = "gw-1",
        Title = "Test",
        Broker = new BrokerSettings { Urls = [new Uri("mqtt://127.0.0.1:1")] },
        Recording = new RecordingSettings { Linger = TimeSpan.FromMilliseconds(100) },
        Outbox = new OutboxSettings(),
        Lines = lines,
        ConfigHash = new string('A', 43),
    };

    public static Line Line(string name, DriverType protocol, params ImmutableArray<Device> devices) =>
        new(name, new Uri("tcp://127.0.0.1:1"), protocol, devices);

    public static Device Device(string name, params ImmutableArray<SignalGroup> groups) => new(name, groups[0].Poll.Device, groups);

    public static SignalGroup Group(string device, string group, int signals, TimeSpan period, DeviceSettings? settings = null, Func<int, Signal, Signal>? change = null) =>
        new(new PollGroup($"{device}/{group}", settings ?? new TestDevice(), period, [.. Enumerable.Range(0, signals).Select(i => (DevicePoint)new TestPoint { Signal = $"s{i}" })]),
            [.. Enumerable.Range(0, signals).Select(i =>
            {
                var signal = new Signal { Id = SignalId.Of(device, $"s{i}"), Scaling = Scaling.None, Unit = "mg/m3" };
                return change?.Invoke(i, signal) ?? signal;
            })]);

    private sealed class TestDevice : DeviceSettings;

    private sealed class TestPoint : DevicePoint;
}
