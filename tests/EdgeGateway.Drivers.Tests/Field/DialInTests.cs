using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeGateway.Drivers.Links;
using EdgeGateway.Drivers.Modbus;
using EdgeGateway.Drivers.Tests.Modbus;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Field;

/// <summary>Modems that dial in, with simulated slaves behind them.</summary>
public sealed class DialInTests
{
    private static readonly byte[] Heartbeat = "PING"u8.ToArray();

    [Theory]
    [InlineData("modbus-tcp"), InlineData("modbus-rtu"), InlineData("modbus-ascii")]
    public async Task A_modem_that_says_its_id_is_asked_and_its_heartbeats_disturb_nothing(string protocol)
    {
        await using var bench = await Bench.On(protocol, "DTU-1");
        await using var modem = await bench.DialIn("DTU-1\r\n");
        for (var poll = 0; poll < 5; poll++)
        {
            await modem.Send(Heartbeat);
            Assert.Equal(Quality.Good, await bench.Poll());
        }
    }

    [Fact]
    public async Task A_modem_that_dials_again_takes_the_place_of_its_old_connection()
    {
        await using var bench = await Bench.On("modbus-rtu", "DTU-1");
        await using var old = await bench.DialIn("DTU-1");
        Assert.Equal(Quality.Good, await bench.Poll());

        await using var young = await bench.DialIn("DTU-1");
        await old.HasEnded();

        await Eventually.Is(() => bench.Poll().GetAwaiter().GetResult() == Quality.Good, "the new connection is asked");
        Assert.False(young.IsEnded);
    }

    [Fact]
    public async Task Lines_on_one_port_are_told_apart_by_their_ids()
    {
        await using var first = await Bench.On("modbus-rtu", "DTU-1", value: 1000);
        await using var second = await Bench.On("modbus-rtu", "0xAA00FF", value: 2000, port: first.Port);
        await using var two = await second.DialIn([0xAA, 0x00, 0xFF]);
        await using var one = await first.DialIn("DTU-1");

        Assert.Equal(Quality.Good, await second.Poll());
        Assert.Equal(Quality.Good, await first.Poll());
        Assert.Equal((1, 2), ((int)first.Value / 1000, (int)second.Value / 1000));
    }

    [Fact]
    public async Task An_unknown_id_is_refused_and_named()
    {
        await using var bench = await Bench.On("modbus-rtu", "DTU-1");
        var waiting = bench.Dial();
        await using var stranger = await bench.DialIn(new string('x', DialInAddress.MaxBytes));

        await stranger.HasEnded();
        Assert.Contains("the last one from 127.0.0.1, which said xxxxxxxxxxxxxxxx", (await Assert.ThrowsAsync<LineDownException>(() => waiting)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_only_begins_like_a_known_one_is_refused_and_the_known_one_keeps_its_place()
    {
        await using var bench = await Bench.On("modbus-rtu", "DTU-1");
        await using var known = await bench.DialIn("DTU-1");
        Assert.Equal(Quality.Good, await bench.Poll());

        await using var stranger = await bench.DialIn("DTU-10\r\n");

        await stranger.HasEnded();
        Assert.Equal(Quality.Good, await bench.Poll());
        Assert.False(known.IsEnded);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("\r\n", true)]
    [InlineData("\r\nPINGPI", true)]
    [InlineData("PING", true)]
    [InlineData("0", false)]
    [InlineData("\r\nPONG", false)]
    public void Behind_an_id_stand_line_ends_and_heartbeats_only(string behind, bool isTrail)
    {
        var address = DialInAddress.Parse(new Uri("listen://127.0.0.1:15100?id=A&heartbeat=PING"), out _)!; // well formed

        Assert.Equal(isTrail, address.IsTrail(Encoding.ASCII.GetBytes(behind)));
    }

    [Fact]
    public async Task A_source_that_is_not_allowed_is_refused_whatever_it_says()
    {
        await using var bench = await Bench.On("modbus-rtu", "DTU-1", allow: "&allow=10.0.0.0/8");
        var waiting = bench.Dial();
        await using var stranger = await bench.DialIn("DTU-1");

        await stranger.HasEnded();
        Assert.Contains("from 127.0.0.1, which is not allowed", (await Assert.ThrowsAsync<LineDownException>(() => waiting)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_port_is_free_again_when_its_last_line_has_left()
    {
        int port;
        await using (var bench = await Bench.On("modbus-rtu", "DTU-1"))
        {
            await using var modem = await bench.DialIn("DTU-1");
            Assert.Equal(Quality.Good, await bench.Poll());
            port = bench.Port;
        }
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
    }

    [Theory]
    [InlineData("listen://127.0.0.1:15100", "id, the first bytes")]
    [InlineData("listen://0.0.0.0:15100?id=A", "allow, the addresses from which devices may come")]
    [InlineData("listen://0.0.0.0:15100?id=A&allow=10.0.0.0/33", "allow as networks")]
    [InlineData("listen://127.0.0.1:15100?id=0xA", "id as text, or as 0x")]
    [InlineData("listen://127.0.0.1:15100?id=A&id=B", "id once")]
    [InlineData("listen://127.0.0.1:15100?id=A&key=B", "only id, heartbeat and allow")]
    [InlineData("listen://here:15100?id=A", "listen://127.0.0.1:15100?id=DTU-0001")]
    public void A_wrong_address_is_told_what_would_be_right(string connect, string expected)
    {
        Assert.Null(DialInAddress.Parse(new Uri(connect), out var told));
        Assert.Contains(expected, told, StringComparison.Ordinal);
    }

    /// <summary>A line that waits for its modem, and the simulated slave that stands behind the modem.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly SimulatedPlant _plant;
        private readonly SimulatedLine _slave;
        private readonly LinkDial _dial;
        private readonly IDriver _driver;
        private readonly PollGroup _group;
        private Stream? _link;
        private Task<Stream>? _dialling;

        private Bench(string protocol, string id, int value, string allow, int port)
        {
            var wire = protocol switch
            {
                "modbus-rtu" => LineWire.Rtu,
                "modbus-ascii" => LineWire.Ascii,
                _ => LineWire.Mbap,
            };
            var point = new SimulatedPoint
            {
                Name = "h0",
                Area = PointArea.Holding,
                Address = 0,
                Type = PointType.UInt16,
                Order = EdgeGateway.PlantSimulator.WordOrder.ABCD,
                Waveform = Waveform.Counter(value, 1),
            };
            _slave = new SimulatedLine("line", [new SimulatedDevice("dev", 1, [point])], wire: wire);
            _plant = new SimulatedPlant([_slave], TimeProvider.System, null);
            Port = port == 0 ? FreePort() : port;
            _dial = LinkDial.For(new Uri($"listen://127.0.0.1:{Port}?id={id}&heartbeat=PING{allow}"), TimeProvider.System);
            _driver = DriverCatalog.Find(protocol)!.Create("line", TimeProvider.System); // in the catalog
            _group = Map.Group("h0", new ModbusDevice { Timeout = TimeSpan.FromSeconds(2), Quiet = TimeSpan.FromMilliseconds(5) });
        }

        public int Port { get; }

        /// <summary>The last value.</summary>
        public decimal Value { get; private set; }

        public static async Task<Bench> On(string protocol, string id, int value = 1000, string allow = "", int port = 0)
        {
            var bench = new Bench(protocol, id, value, allow, port);
            await bench._plant.StartAsync(CancellationToken.None);
            return bench;
        }

        /// <summary>Begins to wait for the modem; a poll takes what comes of it.</summary>
        public Task<Stream> Dial() => _dialling = _dial.DialAsync(CancellationToken.None).AsTask();

        public async Task<Quality> Poll()
        {
            var sink = new RecordingSink(1);
            try
            {
                if (_link is null)
                {
                    var dialling = _dialling ?? Dial();
                    _dialling = null;
                    _link = await dialling;
                    await _driver.AttachAsync(_link, CancellationToken.None);
                }
                await _driver.ReadAsync(_group, sink, CancellationToken.None);
                Value = sink.Samples[0].Value.Kind == SampleKind.None ? 0 : (decimal)sink.Samples[0].Value.Mantissa;
                return sink.Samples[0].Quality;
            }
            catch (LineDownException)
            {
                if (_link is not null) await _link.DisposeAsync();
                _link = null;
                return Quality.NotConnected;
            }
        }

        public Task<Modem> DialIn(string words) => DialIn(Encoding.ASCII.GetBytes(words));

        public async Task<Modem> DialIn(byte[] words)
        {
            // The port is listened on from the first attempt to dial.
            if (_link is null && _dialling is null) _ = Dial();
            var modem = await Modem.Connect(Port, _slave.EndPoint);
            await modem.Send(words);
            return modem;
        }

        public async ValueTask DisposeAsync()
        {
            if (_link is not null) await _link.DisposeAsync();
            _dial.Close();
            await _plant.DisposeAsync();
        }

        private static int FreePort()
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return ((IPEndPoint)socket.LocalEndPoint!).Port; // not null: bound
        }
    }

    /// <summary>A modem: hands bytes on between the gateway it has dialled and the slave behind it.</summary>
    private sealed class Modem : IAsyncDisposable
    {
        private readonly Socket _gateway = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly Socket _slave = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private Task _pumps = Task.CompletedTask;

        public bool IsEnded { get; private set; }

        public static async Task<Modem> Connect(int port, IPEndPoint slave)
        {
            var modem = new Modem();
            await modem._slave.ConnectAsync(slave);
            await Eventually.Is(() => TryConnect(modem._gateway, port), "the gateway listens");
            modem._pumps = Task.WhenAll(modem.Pump(modem._gateway, modem._slave), modem.Pump(modem._slave, modem._gateway));
            return modem;
        }

        public async Task Send(byte[] bytes) => await _gateway.SendAsync(bytes);

        public Task HasEnded() => Eventually.Is(() => IsEnded, "the gateway has ended the connection");

        public async ValueTask DisposeAsync()
        {
            _gateway.Dispose();
            _slave.Dispose();
            await _pumps;
        }

        private static bool TryConnect(Socket socket, int port)
        {
            try
            {
                socket.Connect(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }

        private async Task Pump(Socket from, Socket to)
        {
            var buffer = new byte[1024];
            try
            {
                while (await from.ReceiveAsync(buffer) is var count and > 0) await to.SendAsync(buffer.AsMemory(0, count));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // One side has left.
            }
            if (from == _gateway) IsEnded = true;
        }
    }
}
