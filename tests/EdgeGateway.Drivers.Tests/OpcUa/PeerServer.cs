using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>A server written by others (node-opcua) in a process of its own; the test is skipped where it is not installed, and fails where it is demanded.</summary>
internal sealed class PeerServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _said = new();
    private readonly int _variables;
    private IReadOnlyDictionary<string, string> _environment = new Dictionary<string, string>();
    private Process? _process;

    private PeerServer(int variables)
    {
        _variables = variables;
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Port = ((IPEndPoint)free.LocalEndpoint).Port;
    }

    public int Port { get; }

    public string Url => $"opc.tcp://127.0.0.1:{Port}";

    /// <summary>The server's certificates: <c>trusted/certs</c> below it holds the clients that it takes.</summary>
    public string Pki => _folder.Sub("pki");

    /// <param name="variables">Counters it has.</param>
    /// <param name="environment">What server.js looks up there.</param>
    public static async Task<PeerServer> Start(int variables = 10, IReadOnlyDictionary<string, string>? environment = null)
    {
        if (!Directory.Exists(Repository.PathOf("tests", "EdgeGateway.Drivers.Tests", "OpcUa", "Peer", "node_modules", "node-opcua")))
            RealParts.Lacking("node-opcua is not installed: npm ci --ignore-scripts in tests/EdgeGateway.Drivers.Tests/OpcUa/Peer");
        var server = new PeerServer(variables) { _environment = environment ?? new Dictionary<string, string>() };
        await server.Run();
        return server;
    }

    public async Task<Stream> Dial(CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            return client.GetStream();
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Starts the process, also again after <see cref="Kill"/>.</summary>
    /// <param name="otherNamespaces">How many come before the plant's, which shifts its index.</param>
    public async Task Run(int otherNamespaces = 0)
    {
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.PathOf("tests", "EdgeGateway.Drivers.Tests", "OpcUa", "Peer"),
        };
        foreach (var argument in new[] { "server.js", _folder.Path, $"{Port}", $"{_variables}", $"{otherNamespaces}" }) start.ArgumentList.Add(argument);
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        _said.Clear();
        try
        {
            _process = Process.Start(start)!; // null only for shell documents
        }
        catch (Win32Exception e)
        {
            RealParts.Lacking($"node is not installed: {e.Message}");
            throw;
        }
        _process.OutputDataReceived += (_, line) => Say(line.Data);
        _process.ErrorDataReceived += (_, line) => Say(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.Is(() => _said.Contains("ready") || _process.HasExited, ToString);
        if (_process.HasExited) Assert.Fail(ToString());
    }

    public Task Tell(string command) => _process!.StandardInput.WriteLineAsync(command); // started in Start

    public bool Said(string line) => _said.Contains(line);

    public async Task Kill()
    {
        if (_process is null) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        _folder.Dispose();
    }

    public override string ToString() => $"node-opcua said: {string.Join('\n', _said.TakeLast(30))}";

    private void Say(string? line)
    {
        if (line is not null) _said.Enqueue(line);
    }
}
