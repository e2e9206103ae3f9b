using System.Net.Sockets;

namespace EdgeGateway.SystemTests;

/// <summary>A real broker on loopback, which can be killed and started again on its port. It keeps nothing on disk.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private readonly string _program = RealPart.Mosquitto();
    private readonly string _configuration;
    private RunningProgram? _running;

    /// <param name="folder">Where its configuration goes.</param>
    /// <param name="access">Who may connect and how: lines of mosquitto.conf.</param>
    public Mosquitto(string folder, params string[] access)
    {
        _configuration = Path.Combine(Directory.CreateDirectory(folder).FullName, "mosquitto.conf");
        // As root it would drop to a user of its own, who may not read a test's files.
        File.WriteAllLines(_configuration, ["user root", "persistence false", "log_dest stderr", "log_type all", "max_packet_size 70000", $"listener {Port} 127.0.0.1", .. access]);
    }

    public int Port { get; } = FreePorts.Next();

    /// <summary>What the broker of now has said.</summary>
    public RunningProgram Running => _running ?? throw new InvalidOperationException("not started");

    /// <summary>TLS with certificates on both sides, and the client's name out of its certificate.</summary>
    public static Mosquitto WithCertificates(string folder, Certificates certificates)
    {
        var (certificate, key) = certificates.Server();
        return new Mosquitto(folder, $"cafile {certificates.Authority}", $"certfile {certificate}", $"keyfile {key}",
            "tls_version tlsv1.2", "require_certificate true", "use_identity_as_username true");
    }

    public async Task Start()
    {
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
