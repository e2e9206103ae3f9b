using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Links;
using EdgeGateway.Drivers.Modbus;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Benchmarks;

/// <summary>
/// Reads of 100 registers over Modbus TCP, one question after the other on each connection, against the simulator in this process: the driver beside the
/// least that an asynchronous socket can do with the same bytes. With <see cref="AnswerMilliseconds"/> every answer is held back as slow devices do; then
/// the figure to look at is how near both are to connections divided by that time.
/// </summary>
[MemoryDiagnoser]
[SuppressMessage("Design", "CA1001", Justification = "Cleanup disposes the plant.")]
public class FieldReads
{
    private const int Registers = 100;
    private const int ReadsPerConnection = 20;

    private SimulatedPlant _plant = null!; // Setup
    private Conversation[] _conversations = null!; // Setup

    [Params(1, 50, 200)]
    public int Connections { get; set; }

    [Params(0, 20)]
    public int AnswerMilliseconds { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        var points = Enumerable.Range(0, Registers).Select(i => new SimulatedPoint
        {
            Name = $"h{i}",
            Area = PointArea.Holding,
            Address = i,
            Type = PointType.UInt16,
            Order = PlantSimulator.WordOrder.ABCD,
            Waveform = Waveform.Counter(i, 1),
        }).ToList();
        var device = new SimulatedDevice("dev", 1, points);
        if (AnswerMilliseconds > 0) device.Fault = Fault.SlowReply(TimeSpan.FromMilliseconds(AnswerMilliseconds));
        var line = new SimulatedLine("line", [device]);
        _plant = new SimulatedPlant([line], TimeProvider.System, null);
        await _plant.StartAsync(CancellationToken.None).ConfigureAwait(false);
        _conversations = new Conversation[Connections];
        for (var i = 0; i < Connections; i++) _conversations[i] = await Conversation.OpenAsync(line.EndPoint).ConfigureAwait(false);
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        foreach (var conversation in _conversations) await conversation.DisposeAsync().ConfigureAwait(false);
        await _plant.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Twenty polls of one group on each connection, decoded.</summary>
    [Benchmark(OperationsPerInvoke = ReadsPerConnection)]
    public Task Driver() => Task.WhenAll(_conversations.Select(conversation => conversation.PollAsync(ReadsPerConnection)));

    /// <summary>The same questions and answers, not looked at.</summary>
    [Benchmark(OperationsPerInvoke = ReadsPerConnection, Baseline = true)]
    public Task RawSocket() => Task.WhenAll(_conversations.Select(conversation => conversation.ExchangeAsync(ReadsPerConnection)));

    /// <summary>One connection for the driver and one for the raw loop.</summary>
    private sealed class Conversation : ISampleSink, IAsyncDisposable
    {
        private const int AnswerBytes = 7 + 2 + 2 * Registers;

        private readonly IDriver _driver = new ModbusTcpType().Create("line", TimeProvider.System);
        private readonly Sample[] _samples = new Sample[Registers];
        private readonly byte[] _question = [0, 0, 0, 0, 0, 6, 1, 3, 0, 0, 0, Registers];
        private readonly byte[] _answer = new byte[AnswerBytes];
        private readonly PollGroup _group;
        private readonly Socket _raw = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private Stream _link = Stream.Null;
        private ushort _transaction;

        private Conversation()
        {
            ImmutableArray<DevicePoint> points = [.. Enumerable.Range(0, Registers).Select(i => new ModbusPoint
            {
                Signal = $"s{i}", Area = ModbusArea.Holding, Address = i, Type = RegisterType.UInt16,
            })];
            _group = new PollGroup("dev/g", new ModbusDevice { Timeout = TimeSpan.FromSeconds(10) }, TimeSpan.FromSeconds(1), points);
        }

        public static async Task<Conversation> OpenAsync(IPEndPoint slave)
        {
            var conversation = new Conversation();
            conversation._link = await LinkDial.For(new Uri($"tcp://{slave}"), TimeProvider.System).DialAsync(CancellationToken.None).ConfigureAwait(false);
            await conversation._driver.AttachAsync(conversation._link, CancellationToken.None).ConfigureAwait(false);
            await conversation._raw.ConnectAsync(slave).ConfigureAwait(false);
            return conversation;
        }

        public Span<Sample> Block(int first, int count, long askedAt, long answeredAt) => _samples.AsSpan(first, count);

        public async Task PollAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                await _driver.ReadAsync(_group, this, CancellationToken.None).ConfigureAwait(false);
                if (_samples[^1].Quality != Quality.Good) throw new InvalidOperationException($"a read went wrong: {_samples[^1].Quality}");
            }
        }

        public async Task ExchangeAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                BinaryPrimitives.WriteUInt16BigEndian(_question, ++_transaction);
                await _raw.SendAsync(_question).ConfigureAwait(false);
                for (var count = 0; count < AnswerBytes;)
                {
                    var read = await _raw.ReceiveAsync(_answer.AsMemory(count)).ConfigureAwait(false);
                    if (read == 0) throw new InvalidOperationException("the simulator closed the connection");
                    count += read;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _link.DisposeAsync().ConfigureAwait(false);
            _raw.Dispose();
        }
    }
}
