using System.Net.Sockets;

namespace EdgeGateway.SystemTests;

/// <summary>A real broker on loopback, which can be killed and started again on its port. It keeps nothing on disk.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private readonly string _program = RealPart.Mosquitto();
    private readonly string _configuration;
    private readonly NamespacePair? _net;
    private RunningProgram? _running;

    /// <param name="folder">Where its configuration goes.</param>
    /// <param name="access">Who may connect and how: lines of mosquitto.conf.</param>
    public Mosquitto(string folder, params string[] access)
        : this(folder, null, access)
    {
    }

    private Mosquitto(string folder, NamespacePair? net, string[] access)
    {
        _net = net;
        _configuration = Path.Combine(Directory.CreateDirectory(folder).FullName, "mosquitto.conf");
        // As root it would drop to a user of its own, who may not read a test's files.
        File.WriteAllLines(_configuration, ["user root", "persistence false", "log_dest stderr", "log_type all", "max_packet_size 70000", $"listener {Port} {(net is null ? "127.0.0.1" : NamespacePair.FarAddress)}", .. access]);
    }

    public int Port { get; } = FreePorts.Next();

    /// <summary>What the broker of now has said.</summary>
    public RunningProgram Running => _running ?? throw new InvalidOperationException("not started");

    /// <summary>On the far one of two computers, for anybody there and on the near one.</summary>
    public static Mosquitto On(NamespacePair net, string folder) => new(folder, net, ["allow_anonymous true"]);

    /// <summary>TLS with certificates on both sides, and the client's name out of its certificate.</summary>
    public static Mosquitto WithCertificates(string folder, Certificates certificates)
    {
        var (certificate, key) = certificates.Server();
        return new Mosquitto(folder, $"cafile {certificates.Authority}", $"certfile {certificate}", $"keyfile {key}",
            "tls_version tlsv1.2", "require_certificate true", "use_identity_as_username true");
    }

    public async Task Start()
    {
        if (_net is not null)
        {
            _running = _net.Far(_program, "-c", _configuration);
            await _running.Says(" running");
            return;
        }
        _running = RunningProgram.Start(_program, "-c", _configuration);
        await _running.Until(IsListening, "a broker that listens");
    }

    public Task Kill() => Running.Kill();

    public ValueTask DisposeAsync() => _running?.DisposeAsync() ?? ValueTask.CompletedTask;

    private bool IsListening()
    {
        try
        {
            using var probe = new TcpClient("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
