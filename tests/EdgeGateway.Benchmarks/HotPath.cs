using System.Collections.Immutable;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using EdgeGateway.Acquisition;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Modbus;
using EdgeGateway.Evidence;
using EdgeGateway.Recording;

namespace EdgeGateway.Benchmarks;

/// <summary>
/// Steps 1 to 9 of the data path without a network: bytes allocated per operation are the figure to look at (100 readings an operation in the
/// first, 10,000 in the others). The raw limits stand beside them: hashing and signing the same bytes.
/// </summary>
[MemoryDiagnoser]
public class HotPath : IDisposable
{
    private const int Points = 100;
    private const int Blocks = 100;

    private readonly ReadingChannel _channel = new();
    private PollSink _sink = null!; // Setup
    private IDriver _driver = null!; // Setup
    private SignalGroup _group = null!; // Setup
    private List<ReadingBlock> _batch = null!; // Setup
    private SegmentBody _body = null!; // Setup
    private Sealer _sealer = null!; // Setup
    private Es256Signer _signer = null!; // Setup
    private byte[] _payload = null!; // Setup
    private readonly byte[] _signature = new byte[64];
    private readonly byte[] _header = new byte[170];
    private long _slot;

    [GlobalSetup]
    public async Task Setup()
    {
        var type = new ModbusTcpType();
        var device = new ModbusDevice();
        ImmutableArray<DevicePoint> points = [.. Enumerable.Range(0, Points).Select(i => new ModbusPoint
        {
            Signal = $"s{i}", Area = ModbusArea.Holding, Address = i, Type = RegisterType.Int16,
        })];
        _group = new SignalGroup(new PollGroup("cems1/fast", device, TimeSpan.FromSeconds(1), points),
            [.. points.Select(point => new Signal { Id = SignalId.Of("cems1", point.Signal), Scaling = new Scaling(0.01m, 0m), Unit = "mg/m3", FactorCode = "a21026" })]);
        _sink = new PollSink(_channel, TimeProvider.System);
        _driver = type.Create("line", TimeProvider.System);
        await _driver.AttachAsync(new AnsweringStream(Points), CancellationToken.None).ConfigureAwait(false);
        _signer = new Es256Signer(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        _sealer = new Sealer(
            new GatewayIdentity { Site = "bench", Gateway = "gw-1", Epoch = 1, Boot = "0123456789abcdef", ConfigHash = ChainHash.Zero.ToString(), Software = "bench" },
            _signer, TimeProvider.System);
        _body = new SegmentBody(_sealer.MaxBodyBytes);
        _batch = [];
        for (var i = 0; i < Blocks; i++) _batch.Add(await PollOnceAsync(i).ConfigureAwait(false));
        _payload = _sealer.Seal(Streams.Readings, default, "data"u8, 0, 0, new byte[60_000], 0).Line;
    }

    public void Dispose()
    {
        _signer?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Question, answer, decode, scale, block: 100 readings.</summary>
    [Benchmark]
    public async Task<int> Poll()
    {
        var block = await PollOnceAsync(_slot++).ConfigureAwait(false);
        var count = block.Count;
        _channel.Return(block);
        return count;
    }

    /// <summary>The body of payloads for 10,000 readings.</summary>
    [Benchmark]
    public int WriteBodies() => Bodies(seal: false);

    /// <summary>The same, sealed and signed.</summary>
    [Benchmark]
    public int SealBodies() => Bodies(seal: true);

    /// <summary>The raw limit beside it: one hash for the chain, one hash and one signature, over a full line's bytes.</summary>
    [Benchmark(Baseline = true)]
    public int HashAndSignOneLine()
    {
        var hash = ChainHash.Of(_payload);
        _signer.Sign(_header, _payload, _signature);
        return (int)hash.A;
    }

    private int Bodies(bool seal)
    {
        var payloads = 0;
        var tail = new StreamTail(1, ChainHash.Zero);
        foreach (var block in _batch)
        {
            if (_body.TryAdd(block, 0, block.Count) == RowFit.Added) continue;
            Close();
            _body.TryAdd(block, 0, block.Count);
        }
        Close();
        return payloads;

        void Close()
        {
            payloads++;
            var bytes = _body.Close();
            if (seal) _sealer.Seal(Streams.Readings, tail, "data"u8, 0, 0, bytes, _body.Readings);
            _body.Clear();
        }
    }

    private async ValueTask<ReadingBlock> PollOnceAsync(long slot)
    {
        _sink.Begin(_group, slot);
        await _driver.ReadAsync(_group.Poll, _sink, CancellationToken.None).ConfigureAwait(false);
        _sink.Close(Quality.BadReply);
        return _sink.Blocks[0];
    }
}
