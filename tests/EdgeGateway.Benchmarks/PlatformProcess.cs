using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using EdgeGateway.Commands.Demo;
using EdgeGateway.Evidence;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeGateway.Benchmarks;

/// <summary>A broker with a subscriber in a process of its own, so that it costs the gateway's process nothing. Says at its end what came.</summary>
internal sealed class PlatformProcess : IDisposable
{
    private readonly Process _process;

    private PlatformProcess(Process process, IPEndPoint broker) => (_process, Broker) = (process, broker);

    public IPEndPoint Broker { get; }

    public static PlatformProcess Start()
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(PlatformProcess).Assembly.Location, "platform"]) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("the platform's process did not start");
        return new PlatformProcess(process, IPEndPoint.Parse(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the platform's process ended at once")));
    }

    /// <summary>Ends it; what it counted.</summary>
    public string End()
    {
        _process.StandardInput.Close();
        var said = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return said.Trim();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    /// <summary>What the process does: until its input ends.</summary>
    public static async Task<int> BeOneAsync()
    {
        await using var broker = new EmbeddedBroker();
        await broker.StartAsync().ConfigureAwait(false);
        using var subscriber = new MqttClientFactory().CreateMqttClient();
        var (live, backlog) = (0L, 0L);
        var delays = new List<long>();
        subscriber.ApplicationMessageReceivedAsync += e =>
        {
            if (e.ApplicationMessage.Topic.EndsWith("/hist", StringComparison.Ordinal)) backlog++;
            if (!e.ApplicationMessage.Topic.EndsWith("/readings/live", StringComparison.Ordinal)) return Task.CompletedTask;
            live++;
            using var payload = JsonDocument.Parse(Envelope.PayloadOf(e.ApplicationMessage.Payload.ToArray()).ToArray());
            // From the newest reading inside to the subscriber: nothing of the linger before it was sealed is in this.
            if (payload.RootElement.GetProperty("k").GetString() == "data") delays.Add(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - payload.RootElement.GetProperty("t1").GetInt64());
            return Task.CompletedTask;
        };
        await subscriber.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", broker.EndPoint.Port).Build()).ConfigureAwait(false);
        await subscriber.SubscribeAsync("ega/#", MqttQualityOfServiceLevel.AtLeastOnce).ConfigureAwait(false);
        Console.WriteLine(broker.EndPoint);
        await Console.In.ReadToEndAsync().ConfigureAwait(false);
        var sorted = delays.Order().ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{live} live and {backlog} backlog segments came; newest reading of a live segment to subscriber: p50 {At(sorted, 0.5)} ms, p99 {At(sorted, 0.99)} ms, most {At(sorted, 1)} ms"));
        return 0;
    }

    private static long At(List<long> sorted, double share) => sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
}
