using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Benchmarks;

/// <summary>Our client in a process of its own: <c>opcua-client FOLDER URL read|subscribe none|secured NODES PERIOD SECONDS</c>. Prints values, seconds, microseconds of CPU, resident and allocated bytes.</summary>
internal sealed class OpcUaClientProcess : ISubscriptionSink
{
    private const string Plant = "urn:opcua-bench:plant";
    private const string OwnUri = "urn:edgegateway:bench:client";

    // As long as the peer's.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private long _values;
    private string? _trouble;

    public static async Task<int> BeOneAsync(string[] arguments)
    {
        if (arguments is not [var folder, var url, var mode, var security, var nodeText, var periodText, var secondsText]) throw new InvalidOperationException("seven arguments expected");
        var (nodes, period, seconds) = (Whole(nodeText), TimeSpan.FromMilliseconds(Whole(periodText)), TimeSpan.FromSeconds(Whole(secondsText)));
        var settings = await SettingsAsync(folder, new Uri(url), security == "secured").ConfigureAwait(false);
        var cost = mode == "read" ? await ReadAsync(settings, nodes, seconds).ConfigureAwait(false) : await new OpcUaClientProcess().SubscribeAsync(settings, nodes, period, seconds).ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cost.Values} {cost.Seconds:0.000} {cost.CpuMicroseconds:0} {cost.ResidentBytes} {cost.AllocatedBytes}"));
        return 0;
    }

    public void Values(int subscription, OpcUaTime publishTime, ReadOnlySpan<ItemValue> values) => Interlocked.Add(ref _values, values.Length);

    public void Outdated(int subscription)
    {
        // counted values stay counted
    }

    public void Alive(int subscription, TimeSpan keepAlive)
    {
        // that it lives shows in its values
    }

    public void Refused(int subscription, int node, StatusCode status) => _trouble = $"node {node} is refused: {status}";

    public void Unfiltered(int subscription, int node, StatusCode status)
    {
        // there are no filters
    }

    public void Lost(Loss loss) => _trouble = $"values were lost: {loss.Why}";

    public void Up(bool isSameSession)
    {
        // its values show it
    }

    public void Down(OpcUaException reason) => _trouble = reason.Message;

    private static int Whole(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static async Task<ClientSettings> SettingsAsync(string folder, Uri url, bool isSecured)
    {
        var pki = Path.Combine(folder, "our-pki");
        var settings = new ClientSettings
        {
            Url = url,
            ApplicationUri = OwnUri,
            Dial = async cancellationToken =>
            {
                var client = new TcpClient { NoDelay = true };
                await client.ConnectAsync(url.Host, url.Port, cancellationToken).ConfigureAwait(false);
                return client.GetStream();
            },
            Trust = new TrustStore(pki, TimeProvider.System),
            Own = isSecured ? ApplicationCertificate.LoadOrCreate(pki, "bench", OwnUri, ["127.0.0.1"], TimeProvider.System) : null,
            Endpoint = isSecured ? new EndpointChoice(SecurityPolicy.Basic256Sha256, MessageSecurityMode.SignAndEncrypt) : new EndpointChoice(SecurityPolicy.None),
            IgnoreHost = true,
        };
        var offered = await SelectedEndpoint.OfferedAsync(settings, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        Directory.CreateDirectory(settings.Trust.TrustedCertificates);
        await File.WriteAllBytesAsync(Path.Combine(settings.Trust.TrustedCertificates, "server.der"), offered[0].ServerCertificate.Memory.ToArray()).ConfigureAwait(false);
        return settings;
    }

    private static async Task<OpcUaCost> ReadAsync(ClientSettings settings, int nodes, TimeSpan seconds)
    {
        var session = await Session.OpenAsync(settings, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        await using var closing = session.ConfigureAwait(false);
        var server = await ServerState.AskAsync(session, CancellationToken.None).ConfigureAwait(false);
        var index = server.IndexOf(Plant) ?? throw new InvalidOperationException("the server has no plant");
        var (access, asked) = (new NodeAccess(session, server.Limits), Enumerable.Range(0, nodes).Select(each => new ReadValueId(new NodeId($"v{each}", index))).ToList());
        await ForAsync(WarmUp).ConfigureAwait(false);
        var meter = new Meter();
        return meter.Cost(await ForAsync(seconds).ConfigureAwait(false));

        async Task<long> ForAsync(TimeSpan time)
        {
            var (values, since) = (0L, TimeProvider.System.GetTimestamp());
            while (TimeProvider.System.GetElapsedTime(since) < time)
            {
                var results = await access.ReadAsync(asked, CancellationToken.None).ConfigureAwait(false);
                if (!results[^1].Status.IsGood) throw new InvalidOperationException($"a read went wrong: {results[^1].Status}");
                values += results.Length;
            }
            return values;
        }
    }

    private async Task<OpcUaCost> SubscribeAsync(ClientSettings settings, int nodes, TimeSpan period, TimeSpan seconds)
    {
        ImmutableArray<WatchedNode> watched = [.. Enumerable.Range(0, nodes).Select(each => new WatchedNode(Plant, new NodeId($"v{each}", 0), period, 10))];
        using var client = new SubscribingClient(settings, [new SubscriptionPlan(period, watched)], this, TimeProvider.System);
        using var stopping = new CancellationTokenSource();
        var running = client.RunAsync(stopping.Token);
        while (Interlocked.Read(ref _values) < nodes && _trouble is null) await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        await Task.Delay(WarmUp, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        var (before, meter) = (Interlocked.Read(ref _values), new Meter());
        await Task.Delay(seconds, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        var cost = meter.Cost(Interlocked.Read(ref _values) - before);
        await stopping.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        return _trouble is null ? cost : throw new InvalidOperationException(_trouble);
    }

    /// <summary>What the process has used since it was made.</summary>
    private sealed class Meter
    {
        private readonly long _since = TimeProvider.System.GetTimestamp();
        private readonly long _allocated = GC.GetTotalAllocatedBytes(precise: true);
        private readonly TimeSpan _cpu = Process.GetCurrentProcess().TotalProcessorTime;

        public OpcUaCost Cost(long values)
        {
            using var process = Process.GetCurrentProcess();
            return new(values, TimeProvider.System.GetElapsedTime(_since).TotalSeconds, (process.TotalProcessorTime - _cpu).TotalMicroseconds, process.WorkingSet64, GC.GetTotalAllocatedBytes(precise: true) - _allocated);
        }
    }
}
