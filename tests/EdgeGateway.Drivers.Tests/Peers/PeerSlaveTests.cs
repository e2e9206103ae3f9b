using System.Net;
using System.Net.Sockets;
using EdgeGateway.Drivers.Links;
using EdgeGateway.Drivers.Tests.Modbus;

namespace EdgeGateway.Drivers.Tests.Peers;

/// <summary>Slaves and carriers written by others: libmodbus, pymodbus, socat, ser2net. Our driver reads from them what they were given.</summary>
public sealed class PeerSlaveTests
{
    private const string Float = "123.456 as binary32";

    private static readonly (string Cells, string Value)[] Expected =
    [
        ("area=coil address=8", "1"), ("area=coil address=7", "0"), ("area=discrete address=3", "1"),
        ("area=holding address=0 type=float32 order=ABCD", Float), ("area=holding address=2 type=float32 order=CDAB", Float),
        ("area=holding address=4 type=float32 order=BADC", Float), ("area=holding address=6 type=float32 order=DCBA", Float),
        ("area=holding address=10 type=uint16", "4660"), ("area=holding address=10 type=uint8-high", "18"), ("area=input address=5 type=int16", "-2"),
    ];

    [Theory]
    [InlineData("libmodbus_slave.py"), InlineData("pymodbus_slave.py")]
    public async Task A_foreign_slave_is_read_over_TCP(string script)
    {
        OnLinux();
        var (slave, port) = await PeerProcess.StartSlave(script, "tcp");
        await using var _ = slave;

        await AssertReads("modbus-tcp", $"tcp://127.0.0.1:{port}", [slave]);
    }

    [Theory]
    [InlineData("libmodbus_slave.py"), InlineData("pymodbus_slave.py")]
    public async Task A_foreign_slave_is_read_over_a_pair_of_serial_ports(string script)
    {
        OnLinux();
        using var folder = new TemporaryFolder();
        await using var cable = await Cable(folder);
        var (slave, _) = await PeerProcess.StartSlave(script, "rtu", Path.Combine(folder.Path, "slave"));
        await using var ending = slave;

        await AssertReads("modbus-rtu", $"serial://{Path.Combine(folder.Path, "master")}?baud=115200", [cable, slave]);
    }

    [Theory]
    [InlineData("libmodbus_slave.py"), InlineData("pymodbus_slave.py")]
    public async Task A_foreign_slave_is_read_through_a_foreign_serial_server(string script)
    {
        OnLinux();
        using var folder = new TemporaryFolder();
        await using var cable = await Cable(folder);
        var (slave, _) = await PeerProcess.StartSlave(script, "rtu", Path.Combine(folder.Path, "slave"));
        await using var ending = slave;
        var port = FreePort();
        var settings = Path.Combine(folder.Path, "ser2net.yaml");
        await File.WriteAllTextAsync(settings, $"""
            connection: &line
              accepter: tcp,127.0.0.1,{port}
              connector: serialdev(nouucplock=true),{Path.Combine(folder.Path, "master")},115200n81,local

            """, TestContext.Current.CancellationToken);
        // Debian puts it where only the administrator's path leads.
        await using var server = PeerProcess.Start(File.Exists("/usr/sbin/ser2net") ? "/usr/sbin/ser2net" : "ser2net", "-n", "-c", settings);
        await Eventually.Is(() => server.HasEnded || IsListening(port), () => "ser2net does not listen");
        Assert.False(server.HasEnded, "ser2net has ended");

        await AssertReads("modbus-rtu", $"tcp://127.0.0.1:{port}", [cable, slave, server]);
    }

    private static void OnLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "these programs and serial ports are for Linux");

    private static async Task<PeerProcess> Cable(TemporaryFolder folder)
    {
        var (master, slave) = (Path.Combine(folder.Path, "master"), Path.Combine(folder.Path, "slave"));
        var cable = PeerProcess.Start("socat", $"pty,raw,echo=0,link={master}", $"pty,raw,echo=0,link={slave}");
        await Eventually.Is(() => cable.HasEnded || (File.Exists(master) && File.Exists(slave)), () => "socat makes no ports");
        Assert.False(cable.HasEnded, "socat has ended");
        return cable;
    }

    private static async Task AssertReads(string protocol, string connect, PeerProcess[] peers)
    {
        var type = DriverCatalog.Find(protocol)!;
        var faults = new List<SettingFault>();
        var points = Expected.Select((entry, i) => type.ReadPoint($"s{i}", ModbusKeysTests.Row(entry.Cells, faults))!)
            .Order(Comparer<DevicePoint>.Create(type.Compare)).ToArray();
        var group = new PollGroup("d/g", type.ReadDevice(ModbusKeysTests.Row("unit=1 timeout=1s max-gap=4", faults))!, TimeSpan.FromSeconds(1), [.. points]);
        Assert.Empty(faults);
        await using var link = await LinkDial.For(new Uri(connect), TimeProvider.System).DialAsync(TestContext.Current.CancellationToken);
        var driver = type.Create("line", TimeProvider.System);
        await driver.AttachAsync(link, TestContext.Current.CancellationToken);

        // A serial slave may open its port a little later: until then it is silent, but never wrong.
        var sink = new RecordingSink(points.Length);
        for (var polls = 0; polls < 30; polls++)
        {
            sink = new RecordingSink(points.Length);
            var outcome = await driver.ReadAsync(group, sink, TestContext.Current.CancellationToken);
            Assert.All(peers, peer => Assert.False(peer.HasEnded, "a program that the test needs has ended"));
            if (outcome == PollOutcome.Answered) break;
        }

        var read = points.Select((point, i) => (point.Signal, Value: Text(sink.Samples[i]))).ToDictionary(entry => entry.Signal, entry => entry.Value);
        Assert.Equal(Expected.Select((entry, i) => $"{entry.Cells}: {entry.Value}"), Expected.Select((entry, i) => $"{entry.Cells}: {read[$"s{i}"]}"));
    }

    private static string Text(Sample sample) => sample switch
    {
        { Quality: not Quality.Good } => sample.Quality.ToString(),
        { Value.Kind: SampleKind.Binary32 } => sample.Value.AsBinary32.Equals(123.456f) ? Float : sample.Value.AsBinary32.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => sample.Value.Mantissa.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Looks at the system's list: a trial connection would be the one that a serial server with room for one takes.</summary>
    private static bool IsListening(int port) =>
        System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == port);
}
