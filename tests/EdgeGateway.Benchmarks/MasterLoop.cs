using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net.Sockets;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Links;
using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Benchmarks;

/// <summary>One connection of the driver and one of the least that an asynchronous socket can do with the same bytes.</summary>
internal sealed class MasterLoop : ISampleSink, IAsyncDisposable
{
    /// <summary>Of each question.</summary>
    public const int Registers = 100;

    private const int AnswerBytes = 7 + 2 + 2 * Registers;

    private readonly IDriver _driver;
    private readonly Stream _link;
    private readonly PollGroup _group;
    private readonly Sample[] _samples;
    private readonly byte[] _question = [0, 0, 0, 0, 0, 6, 1, 3, 0, 0, 0, Registers];
    private readonly byte[] _answer = new byte[AnswerBytes];
    private readonly Socket? _raw;
    private ushort _transaction;

    private MasterLoop(IDriver driver, Stream link, int questions, int registers, int window, Socket? raw)
    {
        (_driver, _link, _raw) = (driver, link, raw);
        _samples = new Sample[questions * registers];
        ImmutableArray<DevicePoint> points = [.. Enumerable.Range(0, _samples.Length).Select(i => new ModbusPoint
        {
            Signal = $"s{i}", Area = ModbusArea.Holding, Address = i, Type = RegisterType.UInt16,
        })];
        var device = new ModbusDevice { Timeout = TimeSpan.FromSeconds(10), MaxRegisters = registers, Window = window, Quiet = TimeSpan.FromMilliseconds(5) };
        _group = new PollGroup("dev/g", device, TimeSpan.FromSeconds(1), points);
    }

    public static async Task<MasterLoop> OpenAsync(Uri slave, int questions = 1, int registers = Registers, int window = 1)
    {
        DriverType type = slave.Scheme == "tcp" ? new ModbusTcpType() : ModbusSerialType.Rtu;
        var driver = type.Create("line", TimeProvider.System);
        var link = await LinkDial.For(slave, TimeProvider.System).DialAsync(CancellationToken.None).ConfigureAwait(false);
        await driver.AttachAsync(link, CancellationToken.None).ConfigureAwait(false);
        if (slave.Scheme != "tcp") return new MasterLoop(driver, link, questions, registers, window, raw: null);
        var raw = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await raw.ConnectAsync(slave.Host, slave.Port).ConfigureAwait(false);
        return new MasterLoop(driver, link, questions, registers, window, raw);
    }

    public Span<Sample> Block(int first, int count, long askedAt, long answeredAt) => _samples.AsSpan(first, count);

    /// <summary>Polls of the group, decoded.</summary>
    public async Task PollAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _driver.ReadAsync(_group, this, CancellationToken.None).ConfigureAwait(false);
            if (_samples[^1].Quality != Quality.Good) throw new InvalidOperationException($"a read went wrong: {_samples[^1].Quality}");
        }
    }

    /// <summary>The questions and answers of <see cref="Registers"/> registers, not looked at.</summary>
    public async Task ExchangeAsync(int times)
    {
        var raw = _raw ?? throw new InvalidOperationException("only on TCP");
        for (var i = 0; i < times; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_question, ++_transaction);
            await raw.SendAsync(_question).ConfigureAwait(false);
            for (var count = 0; count < AnswerBytes;)
            {
                var read = await raw.ReceiveAsync(_answer.AsMemory(count)).ConfigureAwait(false);
                if (read == 0) throw new InvalidOperationException("the simulator closed the connection");
                count += read;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync().ConfigureAwait(false);
        _raw?.Dispose();
    }
}
