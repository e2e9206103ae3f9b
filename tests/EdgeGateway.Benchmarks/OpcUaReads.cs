using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EdgeGateway.Benchmarks;

/// <summary>
/// What values of an OPC UA server cost: reads of 1,000 nodes, and subscriptions, beside node-opcua's own client at the same server, in rounds that alternate. Each client is a process of its own.
/// Needs node and <c>npm ci</c> in tests/EdgeGateway.Drivers.Tests/OpcUa/Peer.
/// </summary>
internal static class OpcUaReads
{
    private const int Rounds = 5;

    /// <param name="arguments"><c>read</c> or <c>subscribe</c>, or neither for both; and how many seconds each measurement takes.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var part = arguments.FirstOrDefault(each => each is "read" or "subscribe");
        var seconds = arguments.Select(each => int.TryParse(each, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).FirstOrDefault(number => number > 0);
        var (measured, rounds) = seconds > 0 ? (seconds, 1) : (20, Rounds); // a trial has one round
        var peer = PeerFolder();
        if (part is null or "read")
        {
            using var server = await OpcUaProcess.ServeAsync(peer, variables: 1000, periodMilliseconds: 1000).ConfigureAwait(false);
            foreach (var security in new[] { "none", "secured" }) await CompareAsync("Read of 1,000 nodes", server, $"read {security} 1000 1000", measured, rounds).ConfigureAwait(false);
        }
        if (part is not (null or "subscribe")) return 0;
        foreach (var (nodes, period, what) in new[] { (10_000, 1000, "10,000 items at 1 s"), (1000, 100, "1,000 items at 100 ms") })
        {
            using var server = await OpcUaProcess.ServeAsync(peer, nodes, period).ConfigureAwait(false);
            foreach (var security in new[] { "none", "secured" }) await CompareAsync(what, server, $"subscribe {security} {nodes} {period}", measured, rounds).ConfigureAwait(false);
        }
        return 0;
    }

    private static async Task CompareAsync(string what, OpcUaProcess server, string question, int seconds, int rounds)
    {
        var (ours, theirs) = (new List<OpcUaCost>(), new List<OpcUaCost>());
        for (var round = 0; round < rounds; round++)
        {
            ours.Add(await server.AskAsync(isOurs: true, question, seconds).ConfigureAwait(false));
            theirs.Add(await server.AskAsync(isOurs: false, question, seconds).ConfigureAwait(false));
        }
        var (we, they) = (Middle(ours), Middle(theirs));
        Console.WriteLine($"{what}, {(question.Contains("secured", StringComparison.Ordinal) ? "SignAndEncrypt" : "None")}: {we.PerValue:0.000} us of CPU a value, {we.BytesPerValue:0.0} bytes a value, "
            + $"{we.PerSecond:0} values/s, {we.ResidentBytes / 1e6:0} MB; node-opcua {they.PerValue:0.000} us ({we.PerValue / they.PerValue:0.000} x), {they.PerSecond:0} values/s, {they.ResidentBytes / 1e6:0} MB");
    }

    private static OpcUaCost Middle(List<OpcUaCost> costs) => costs.OrderBy(cost => cost.PerValue).ElementAt(costs.Count / 2);

    private static string PeerFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var peer = Path.Combine(folder.FullName, "tests", "EdgeGateway.Drivers.Tests", "OpcUa", "Peer");
            if (!Directory.Exists(peer)) continue;
            return Directory.Exists(Path.Combine(peer, "node_modules", "node-opcua")) ? peer : throw new InvalidOperationException($"node-opcua is not installed: npm ci --ignore-scripts in {peer}");
        }
        throw new InvalidOperationException("the benchmarks do not stand below the repository");
    }
}

/// <summary>What one client has measured of itself.</summary>
internal sealed record OpcUaCost(long Values, double Seconds, double CpuMicroseconds, long ResidentBytes, long AllocatedBytes)
{
    public double PerValue => CpuMicroseconds / Values;

    public double BytesPerValue => (double)AllocatedBytes / Values;

    public double PerSecond => Values / Seconds;

    public static OpcUaCost Read(string line)
    {
        var cells = line.Split(' ');
        return new(long.Parse(cells[0], CultureInfo.InvariantCulture), double.Parse(cells[1], CultureInfo.InvariantCulture), double.Parse(cells[2], CultureInfo.InvariantCulture),
            long.Parse(cells[3], CultureInfo.InvariantCulture), cells.Length > 4 ? long.Parse(cells[4], CultureInfo.InvariantCulture) : 0);
    }
}

/// <summary>node-opcua's server in a process of its own, and clients that ask it in theirs.</summary>
internal sealed class OpcUaProcess : IDisposable
{
    private readonly string _peer;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgegateway-bench-");
    private readonly string _url;
    private readonly Process _server;

    private OpcUaProcess(string peer, int variables, int periodMilliseconds)
    {
        _peer = peer;
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        _url = $"opc.tcp://127.0.0.1:{port}";
        _server = Start("node", "bench-server.js", _folder.FullName, $"{port}", $"{variables}", $"{periodMilliseconds}");
    }

    public static async Task<OpcUaProcess> ServeAsync(string peer, int variables, int periodMilliseconds)
    {
        var server = new OpcUaProcess(peer, variables, periodMilliseconds);
        while (await server._server.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
            if (line == "ready") return server;
        server.Dispose();
        throw new InvalidOperationException("node-opcua's server ended before it was ready");
    }

    /// <summary>Runs one client to its end.</summary>
    public async Task<OpcUaCost> AskAsync(bool isOurs, string question, int seconds)
    {
        var cells = question.Split(' ');
        string[] arguments = [_folder.FullName, _url, .. cells, $"{seconds}"];
        using var client = isOurs ? Start("dotnet", [typeof(OpcUaProcess).Assembly.Location, "opcua-client", .. arguments]) : Start("node", ["bench-client.js", .. arguments]);
        var last = "";
        while (await client.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
            if (line.Length > 0 && char.IsAsciiDigit(line[0])) last = line;
        await client.WaitForExitAsync().ConfigureAwait(false);
        return client.ExitCode == 0 && last.Length > 0 ? OpcUaCost.Read(last) : throw new InvalidOperationException($"the {(isOurs ? "gateway's" : "node-opcua")} client ended with {client.ExitCode}");
    }

    public void Dispose()
    {
        _server.StandardInput.Close();
        _server.WaitForExit();
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    private Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _peer, RedirectStandardInput = true, RedirectStandardOutput = true }) ?? throw new InvalidOperationException($"{program} did not start");
}
