using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using EdgeGateway.Drivers.Links;
using EdgeGateway.Drivers.Modbus;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Modbus;

/// <summary>Measurements of memory do not bear other tests beside them.</summary>
[CollectionDefinition(nameof(SteadyPollTests), DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "It names the test collection of this file.")]
public sealed class SteadyPollCollection;

/// <summary>What a poll costs in memory once it has found its rhythm: nothing, because a gateway polls for years.</summary>
[Collection(nameof(SteadyPollTests))]
public sealed class SteadyPollTests
{
    private const int Polls = 500;
    private const string Mixed = "c0 c3 d5 h0 h1*2 h3*4 h9.3 h20$8 h400 i7 i8*2";

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Steady_polls_allocate_nothing(int window)
    {
        var group = Map.Group(Mixed, new ModbusDevice { Window = window });
        var driver = new ModbusTcpType().Create("line1", TimeProvider.System);
        await using var line = new CannedStream();
        await driver.AttachAsync(line, CancellationToken.None);
        using var worker = new CancellationTokenSource();
        var sink = new LastSamples(group.Points.Length);
        for (var poll = 0; poll < 50; poll++) await driver.ReadAsync(group, sink, worker.Token);
        var text = sink.Samples[7].Value.AsText;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var poll = 0; poll < Polls; poll++) await driver.ReadAsync(group, sink, worker.Token);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Three more asynchronous methods under each question than a plain one.
        Assert.True(allocated <= Polls * PerPoll(questions: 15), $"{allocated} bytes in {Polls} polls of {line.Questions} questions");
        Assert.Equal("running", text);
        Assert.Same(text, sink.Samples[7].Value.AsText);
        Assert.All(sink.Samples, sample => Assert.Equal(Quality.Good, sample.Quality));
    }

    [Theory]
    [InlineData("rtu")]
    [InlineData("ascii")]
    public async Task Steady_polls_in_serial_frames_allocate_nothing(string kind)
    {
        var group = Map.Group(Mixed);
        var driver = (kind == "rtu" ? ModbusSerialType.Rtu : ModbusSerialType.Ascii).Create("line1", TimeProvider.System);
        await using var line = new CannedStream(kind == "rtu" ? SerialWire.Rtu : SerialWire.Ascii);
        await driver.AttachAsync(line, CancellationToken.None);
        using var worker = new CancellationTokenSource();
        var sink = new LastSamples(group.Points.Length);
        for (var poll = 0; poll < 50; poll++) await driver.ReadAsync(group, sink, worker.Token);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var poll = 0; poll < Polls; poll++) await driver.ReadAsync(group, sink, worker.Token);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Five more asynchronous methods under each question than on Modbus TCP.
        Assert.True(allocated <= Polls * PerPoll(questions: 20), $"{allocated} bytes in {Polls} polls of {line.Questions} questions");
        Assert.All(sink.Samples, sample => Assert.Equal(Quality.Good, sample.Quality));
    }

    [Fact]
    public async Task Steady_polls_over_a_socket_allocate_next_to_nothing()
    {
        var group = Map.Group("h0 h1*2 h400 i7 i8*2");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Factory.StartNew(() => Serve(listener), TaskCreationOptions.LongRunning);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using (var link = await LinkDial.For(new Uri($"tcp://127.0.0.1:{port}"), TimeProvider.System).DialAsync(CancellationToken.None))
        {
            var driver = new ModbusTcpType().Create("line1", TimeProvider.System);
            await driver.AttachAsync(link, CancellationToken.None);
            using var worker = new CancellationTokenSource();
            var sink = new LastSamples(group.Points.Length);
            for (var poll = 0; poll < 200; poll++) await driver.ReadAsync(group, sink, worker.Token);

            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var poll = 0; poll < Polls; poll++) await driver.ReadAsync(group, sink, worker.Token);
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

            Assert.True(allocated <= Polls * (300 + PerPoll(questions: 9)), $"{allocated} bytes in {Polls} polls of three questions");
            DriverBench.AssertNoWrongValue(group, sink.Samples);
            Assert.All(sink.Samples, sample => Assert.Equal(Quality.Good, sample.Quality));
        }
        await serving;
    }

    /// <summary>
    /// The bound in bytes. A compiler that does not optimise makes the state of every async method a class, two for each question and one
    /// for the poll; the build that is shipped has none of them.
    /// </summary>
    private static int PerPoll(int questions)
    {
        var debuggable = typeof(IDriver).Assembly.GetCustomAttribute<DebuggableAttribute>();
        return debuggable is { IsJITOptimizerDisabled: true } ? 400 * (1 + questions) : 1;
    }

    private static void Serve(TcpListener listener)
    {
        using var socket = listener.AcceptSocket();
        socket.NoDelay = true;
        var answers = new CannedAnswers();
        var question = new byte[12];
        while (true)
        {
            for (var received = 0; received < question.Length;)
            {
                var count = socket.Receive(question.AsSpan(received));
                if (count == 0) return;
                received += count;
            }
            socket.Send(answers.To(question));
        }
    }

    private sealed class LastSamples(int points) : ISampleSink
    {
        public Sample[] Samples { get; } = new Sample[points];

        public Span<Sample> Block(int first, int count, long askedAt, long answeredAt) => Samples.AsSpan(first, count);
    }

    /// <summary>The oracle's answers, made once for each place and reused.</summary>
    private sealed class CannedAnswers
    {
        private readonly OracleSlave _slave = new();
        private readonly Dictionary<int, byte[]> _answers = [];

        public byte[] To(ReadOnlySpan<byte> question)
        {
            var place = question[7] << 16 | question[8] << 8 | question[9];
            if (!_answers.TryGetValue(place, out var answer))
            {
                answer = _slave.Answer(question.ToArray());
                if (place == 0x30000 && answer.Length >= 9 + 2 * 24) "running "u8.CopyTo(answer.AsSpan(9 + 2 * 20)); // the text of the mixed group, at register 20
                _answers[place] = answer;
            }
            (answer[0], answer[1]) = (question[0], question[1]);
            return answer;
        }
    }

    /// <summary>A device that answers before the driver looks.</summary>
    private sealed class CannedStream(SerialWire? wire = null) : Stream
    {
        private readonly Dictionary<int, byte[]> _framed = [];
        private readonly CannedAnswers _answers = new();
        private readonly byte[] _waiting = new byte[16 * 300];
        private int _waitingBytes;

        public int Questions { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Questions++;
            var answer = wire is null ? _answers.To(buffer.Span) : Framed(wire, buffer.Span);
            answer.CopyTo(_waiting, _waitingBytes);
            _waitingBytes += answer.Length;
            return ValueTask.CompletedTask;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(buffer.Length, _waitingBytes);
            _waiting.AsMemory(0, count).CopyTo(buffer);
            _waitingBytes -= count;
            Array.Copy(_waiting, count, _waiting, 0, _waitingBytes);
            return ValueTask.FromResult(count);
        }

        // All questions of the mixed group differ in their last bytes, where the check stands.
        private byte[] Framed(SerialWire wire, ReadOnlySpan<byte> question)
        {
            var key = HashCode.Combine(question[^1], question[^2], question[^3], question[^4], question[^6]);
            if (_framed.TryGetValue(key, out var framed)) return framed;
            byte[] content = wire.TakeQuestion([.. question])!; // what the driver sends is a question
            return _framed[key] = wire.Encode(_answers.To([0, 0, 0, 0, 0, 6, .. content]).AsSpan(6));
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
