using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EdgeGateway.Commands;
using EdgeGateway.Commands.Demo;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeGateway.Benchmarks;

/// <summary>
/// The built gateway as a process of its own on 10,000 signals (or as many hundreds as are asked for) at 1 s from simulated Modbus TCP devices, through to PUBACK, with signing and durable
/// commits. Plant, broker and subscriber run in this process, so that CPU and memory of the other one are the gateway's alone.
/// </summary>
internal static class EndToEnd
{
    private const int SignalsPerLine = 100;

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 60;
        var time = TimeProvider.System;
        var folder = Directory.CreateTempSubdirectory("edgegateway-bench-").FullName;
        await using var broker = new EmbeddedBroker();
        await broker.StartAsync().ConfigureAwait(false);
        var lines = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100;
        WriteSite(folder, broker.EndPoint, lines);
        var plant = PlantLoader.Load(folder).Plant ?? throw new InvalidOperationException("the benchmark's site has faults");
        await using var simulated = SimulatedSite.Of(plant, ledger: null, onFreePorts: false, time);
        await simulated.StartAsync(CancellationToken.None).ConfigureAwait(false);

        var latencies = new List<int>();
        var readings = 0L;
        using var subscriber = new MqttClientFactory().CreateMqttClient();
        subscriber.ApplicationMessageReceivedAsync += e =>
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var payload = Envelope.PayloadOf(System.Buffers.BuffersExtensions.ToArray(e.ApplicationMessage.Payload));
            using var json = JsonDocument.Parse(payload.ToArray());
            if (json.RootElement.GetProperty("k").GetString() != "data") return Task.CompletedTask;
            var t0 = json.RootElement.GetProperty("t0").GetInt64();
            lock (latencies)
            {
                foreach (var row in json.RootElement.GetProperty("r").EnumerateArray())
                {
                    readings += row[4].GetArrayLength();
                    latencies.Add((int)(now - t0 - row[3].GetInt64()));
                }
            }
            return Task.CompletedTask;
        };
        await subscriber.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", broker.EndPoint.Port).Build()).ConfigureAwait(false);
        await subscriber.SubscribeAsync("ega/#", MqttQualityOfServiceLevel.AtLeastOnce).ConfigureAwait(false);

        var started = time.GetTimestamp();
        using var gateway = Process.Start(new ProcessStartInfo("dotnet", [typeof(GatewayHost).Assembly.Location, "run", "--site", folder]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("the gateway did not start");
        _ = gateway.StandardOutput.ReadToEndAsync();
        while (simulated.Devices.All(device => device.Answers == 0)) await Task.Delay(TimeSpan.FromMilliseconds(5), time, CancellationToken.None).ConfigureAwait(false);
        var firstAnswer = time.GetElapsedTime(started);

        // Half a minute to warm up: the figures are of the steady state.
        await Task.Delay(TimeSpan.FromSeconds(30), time, CancellationToken.None).ConfigureAwait(false);
        lock (latencies)
        {
            latencies.Clear();
            readings = 0;
        }
        gateway.Refresh();
        var (cpu, at) = (gateway.TotalProcessorTime, time.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(seconds), time, CancellationToken.None).ConfigureAwait(false);
        gateway.Refresh();
        var wall = time.GetElapsedTime(at);
        var cores = (gateway.TotalProcessorTime - cpu) / wall;
        var resident = gateway.WorkingSet64 / 1048576.0;
        int[] sorted;
        lock (latencies) sorted = [.. latencies.Order()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{lines * SignalsPerLine} signals at 1 s for {wall.TotalSeconds:0} s: {readings / wall.TotalSeconds:0} readings/s received, {cores:0.000} core, {resident:0} MB RSS (peak {gateway.PeakWorkingSet64 / 1048576.0:0}), read to subscriber p50 {sorted[sorted.Length / 2]} ms p99 {sorted[sorted.Length * 99 / 100]} ms (linger 1000), start to first answer {firstAnswer.TotalSeconds:0.00} s"));
        gateway.Kill();
        await gateway.WaitForExitAsync().ConfigureAwait(false);
        await subscriber.DisconnectAsync().ConfigureAwait(false);
        Directory.Delete(folder, recursive: true);
        return 0;
    }

    /// <summary>A site of so many lines with one device of 100 signals each, all asked once a second.</summary>
    public static void WriteSite(string folder, IPEndPoint broker, int lines)
    {
        Directory.CreateDirectory(Path.Combine(folder, "lines"));
        Directory.CreateDirectory(Path.Combine(folder, "maps"));
        File.WriteAllText(Path.Combine(folder, "site.yaml"), $"site: bench\ngateway: gw-1\ntitle: Benchmark\nbroker:\n  urls:\n    - mqtt://{broker}\n");
        var map = new StringBuilder("signal,group,area,address,type,order,scale,unit,factor\n");
        for (var i = 0; i < SignalsPerLine; i++)
        {
            // Half scaled integers, half floats, as cabins have them.
            map.AppendLine(i % 2 == 0
                ? string.Create(CultureInfo.InvariantCulture, $"s{i},fast,holding,{i / 2},int16,,0.01,mg/m3,a21026")
                : string.Create(CultureInfo.InvariantCulture, $"s{i},fast,holding,{SignalsPerLine / 2 + i - 1},float32,CDAB,,mg/m3,a21002"));
        }
        File.WriteAllText(Path.Combine(folder, "maps", "m.csv"), map.ToString());
        for (var i = 0; i < lines; i++)
            File.WriteAllText(Path.Combine(folder, "lines", $"l{i:000}.yaml"),
                $"line: l{i:000}\nconnect: tcp://127.0.0.1:{FreePort()}\nprotocol: modbus-tcp\ndevices:\n  - device: d{i:000}\n    map: m.csv\n    groups:\n      fast: 1s\n");
    }

    private static readonly HashSet<int> Taken = [];

    private static int FreePort()
    {
        while (true)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)probe.LocalEndPoint!).Port; // bound, so it has one
            if (Taken.Add(port)) return port;
        }
    }
}
