using System.Collections.Concurrent;

namespace EdgeGateway.Diagnostics;

/// <summary>What every step of the data path says about itself, for status lines, health and the console. Written by the steps, read by anyone.</summary>
internal sealed class GatewayStatus
{
    private long _readings;
    private long _goodReadings;
    private long _skippedSlots;
    private long _channelWaits;
    private long _segments;
    private long _published;
    private long _refused;
    private long _reconnects;

    /// <summary>Readings taken, whatever their quality.</summary>
    public long Readings => Interlocked.Read(ref _readings);

    public long GoodReadings => Interlocked.Read(ref _goodReadings);

    /// <summary>Slots that passed while their line was busy.</summary>
    public long SkippedSlots => Interlocked.Read(ref _skippedSlots);

    /// <summary>How often a line had to wait because the channel to the recorder was full.</summary>
    public long ChannelWaits => Interlocked.Read(ref _channelWaits);

    public long Segments => Interlocked.Read(ref _segments);

    /// <summary>Segments acknowledged by the broker, repeats included.</summary>
    public long Published => Interlocked.Read(ref _published);

    /// <summary>Publishes the broker answered with anything but success.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public long Reconnects => Interlocked.Read(ref _reconnects);

    /// <summary>One entry per line.</summary>
    public ConcurrentDictionary<string, LineStatus> Lines { get; } = new();

    /// <summary>One entry per device.</summary>
    public ConcurrentDictionary<string, DeviceFigures> Devices { get; } = new();

    /// <summary>The uplink in a few words: <c>connected to …</c>, or the last error.</summary>
    public string Uplink { get; set; } = "not connected yet";

    public bool UplinkIsUp { get; set; }

    /// <summary>The newest minute of the first outlet in a few words; null before there is one.</summary>
    public string? NewestAggregate { get; set; }

    /// <summary>What keeps the recorder from storing; null when all is well.</summary>
    public string? StoreTrouble { get; set; }

    /// <summary>Why segments wait for their signatures; null when all is well.</summary>
    public string? SigningTrouble { get; set; }

    /// <summary>What is to be said of the signing key's end; null while that is far away.</summary>
    public string? KeyExpiry { get; set; }

    public void CountReadings(int all, int good)
    {
        Interlocked.Add(ref _readings, all);
        Interlocked.Add(ref _goodReadings, good);
    }

    public void CountSkippedSlots(long slots) => Interlocked.Add(ref _skippedSlots, slots);
    public void CountChannelWait() => Interlocked.Increment(ref _channelWaits);
    public void CountSegments(int segments) => Interlocked.Add(ref _segments, segments);
    public void CountPublished() => Interlocked.Increment(ref _published);
    public void CountRefused() => Interlocked.Increment(ref _refused);
    public void CountReconnect() => Interlocked.Increment(ref _reconnects);
}
