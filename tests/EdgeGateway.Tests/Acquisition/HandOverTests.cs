using EdgeGateway.Acquisition;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Drivers;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGateway.Tests.Acquisition;

public sealed class HandOverTests
{
    [Fact]
    public async Task A_full_channel_makes_the_line_wait_and_nothing_is_dropped()
    {
        using var time = new SimulatedTime(TimeSpan.FromMinutes(2) - TimeSpan.FromMilliseconds(1));
        var group = Plants.Group("d", "g", 3, TimeSpan.FromSeconds(1));
        var (channel, book, status) = (new ReadingChannel(1), new SlotBook(), new GatewayStatus());
        var worker = new LineWorker(Plants.Line("line1", DriverCatalog.All[0], Plants.Device("d", group)), new FakeDial(time), _ => new FakeDriver(time),
            channel, book, status, time, new Random(1), NullLogger.Instance);

        var run = worker.RunAsync(time.Stopping);
        Assert.False(run.IsCompleted);
        var slots = new List<long>();
        var reader = Task.Run(async () =>
        {
            await foreach (var block in channel.Reader.ReadAllAsync())
            {
                slots.Add(block.Slot);
                channel.Return(block);
            }
        });
        await run;
        channel.Writer.Complete();
        await reader;

        Assert.Equal(Enumerable.Range(0, 120).Select(k => (long)k), slots);
        Assert.Equal(119, book.LastDue(group));
        Assert.True(status.ChannelWaits > 0);
        Assert.Equal(120 * 3, status.Readings);
    }

    [Fact]
    public void A_reading_costs_no_memory()
    {
        using var time = new SimulatedTime(TimeSpan.FromDays(1));
        var group = Plants.Group("d", "g", 200, TimeSpan.FromSeconds(1), change: (i, signal) => signal with { Scaling = new Scaling(0.01m * (i % 2 + 1), i % 3), Max = 1000 });
        var channel = new ReadingChannel();
        var sink = new PollSink(channel, time);
        var driver = new FakeDriver(time);

        void Poll(long slot)
        {
            sink.Begin(group, slot);
            driver.Answer(group.Poll, sink, 0, 120);
            driver.Answer(group.Poll, sink, 150, 50);
            sink.Close(Quality.BadReply);
            foreach (var block in sink.Blocks) Assert.True(channel.Writer.TryWrite(block));
            while (channel.Reader.TryRead(out var block)) channel.Return(block);
        }

        for (var i = 0; i < 100; i++) Poll(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) Poll(i);
        var perReading = (GC.GetAllocatedBytesForCurrentThread() - before) / (1_000.0 * 200);

        Assert.True(perReading < 1, $"{perReading} bytes per reading");
    }
}
