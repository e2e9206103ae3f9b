using EdgeGateway.Drivers.Links;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.Field;

public sealed class RecordedStreamTests
{
    [Fact]
    public async Task What_goes_through_is_kept_both_ways_with_its_time()
    {
        var time = new FakeTimeProvider();
        await using var line = new RecordedStream(new MemoryStream([7, 8, 0, 0]), time, maxBytes: 1000);
        var answer = new byte[2];
        Assert.Equal(2, await line.ReadAsync(answer, TestContext.Current.CancellationToken));
        time.Advance(TimeSpan.FromMilliseconds(5));
        await line.WriteAsync(new byte[] { 1, 2 }, TestContext.Current.CancellationToken);

        Assert.Equal([7, 8], answer);
        Assert.Equal([(false, "0708"), (true, "0102")], line.Kept.Select(piece => (piece.IsQuestion, Convert.ToHexString(piece.Bytes.Span))));
        Assert.Equal(TimeSpan.FromMilliseconds(5), time.GetElapsedTime(line.Kept[0].At, line.Kept[1].At));
        Assert.Equal((1, 0), (line.Questions, line.LeftOut));
    }

    [Fact]
    public async Task What_is_beyond_the_bound_goes_through_and_is_counted()
    {
        await using var line = new RecordedStream(new MemoryStream(), TimeProvider.System, maxBytes: 200);
        for (var i = 0; i < 10; i++) await line.WriteAsync(new byte[20], TestContext.Current.CancellationToken);

        Assert.Equal(2, line.Kept.Count);
        Assert.Equal((10, 8), (line.Questions, line.LeftOut));
    }
}
