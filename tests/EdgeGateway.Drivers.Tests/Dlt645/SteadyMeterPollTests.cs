using System.Diagnostics;
using System.Reflection;
using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.Drivers.Tests.Modbus;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Dlt645;

/// <summary>What a poll of a meter costs in memory once it has found its rhythm: nothing.</summary>
[Collection(nameof(SteadyPollTests))]
public sealed class SteadyMeterPollTests
{
    private const int Polls = 150;

    [Fact]
    public async Task Steady_polls_of_a_meter_allocate_nothing()
    {
        // Two blocks, a single item, a text, and an item in two frames.
        var group = MeterMap.Group("ua ub uc p pa frequency date forward-active forward-active-t1", MeterMap.Device(timeoutMs: 2000, quietMs: 1));
        var driver = new Dlt645Type().Create("line1", TimeProvider.System);
        await using var line = new CannedMeter();
        await driver.AttachAsync(line, CancellationToken.None);
        using var worker = new CancellationTokenSource();
        var sink = new LastSamples(group.Points.Length);
        for (var poll = 0; poll < 30; poll++) await driver.ReadAsync(group, sink, worker.Token);
        var questions = line.Questions / 30;

        // Of all threads: after each silence the poll goes on wherever its timer has fired.
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var poll = 0; poll < Polls; poll++) await driver.ReadAsync(group, sink, worker.Token);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.Equal(6, questions);
        // A compiler that does not optimise makes the state of every async method a class; the build that is shipped has none of them, and what little is left is the timers'.
        var isDebug = typeof(IDriver).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };
        Assert.True(allocated <= Polls * (isDebug ? 400L * 5 * (1 + questions) : 300), $"{allocated} bytes in {Polls} polls of {questions} questions");
        Assert.All(sink.Samples, sample => Assert.Equal(Quality.Good, sample.Quality));
    }

    private sealed class LastSamples(int points) : ISampleSink
    {
        public Sample[] Samples { get; } = new Sample[points];

        public Span<Sample> Block(int first, int count, long askedAt, long answeredAt) => Samples.AsSpan(first, count);
    }

    /// <summary>A meter that answers before the driver looks; its replies are made once.</summary>
    private sealed class CannedMeter : Stream
    {
        private readonly Dictionary<int, byte[]> _replies = [];
        private byte[] _reply = [];

        public int Questions { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Questions++;
            var question = buffer.Span;
            var key = HashCode.Combine(question[12], question[14], question[15], question[16], question[17]);
            if (!_replies.TryGetValue(key, out var reply)) _replies[key] = reply = Make(question.ToArray());
            _reply = reply;
            return ValueTask.CompletedTask;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _reply.CopyTo(buffer);
            return ValueTask.FromResult(_reply.Length);
        }

        private static byte[] Make(byte[] question)
        {
            var (_, control, data) = MeterWire.TakeQuestion([.. question])!.Value; // what the driver sends is a question
            var item = Convert.ToHexString(data.Take(4).Reverse().ToArray());
            return MeterBench.Frame(question, (control, item) switch
            {
                (0x12, _) => "00000004000000030000000200000001",
                (_, "0001FF00") => "+00012345",
                (_, "0201FF00") => "230323022301",
                (_, "0203FF00") => "000004000003000002000001",
                (_, "02800002") => "5001",
                (_, "04000101") => "26112301",
                _ => "!02",
            });
        }

        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("a driver does not block");
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a driver does not block");
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
