using System.Globalization;
using System.Net.Sockets;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.PlantSimulator;
using EdgeGateway.Receiving;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Commands.Demo;

/// <summary>
/// Puts plant, broker, link, receiver and gateway together, lets them run, breaks what was asked for, stops in order and judges by what the receiver has:
/// the chain by the verifier, the values by what the simulated plant says it served.
/// </summary>
internal sealed class DemoRun(DemoOptions options, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(20);

    // Longer than the uplink's back-off can grow within a demo.
    private static readonly TimeSpan UplinkPatience = TimeSpan.FromSeconds(60);

    private readonly DemoScreen _screen = new(!Console.IsOutputRedirected && !options.ShowLog);
    private readonly ServedLedger _ledger = new();
    private readonly EmbeddedBroker _broker = new();

    // What an earlier demo left in the same folder.
    private LiveStatus? _before;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (SiteOption.Load(options.Site) is not { } site) return ExitCode.CannotStart;
        if (SimulatedSite.Refuse(site, onFreePorts: true) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault).ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        var folder = options.State ?? Directory.CreateTempSubdirectory("edgegateway-demo-").FullName;
        try
        {
            var verdict = await RunAsync(site, folder, cancellationToken).ConfigureAwait(false);
            Console.WriteLine(verdict.ToText());
            if (verdict.IsClean && options.State is null) Directory.Delete(folder, recursive: true);
            else Console.WriteLine($"What was stored and received is in {folder}; check it again with: verify --cert {Path.Combine(folder, "gateway", "keys", SigningKeyFile.CertificateName)} {Path.Combine(folder, "receiver", "received.egb1")}");
            return verdict.IsClean ? ExitCode.Clean : ExitCode.Found;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Console.WriteLine("Stopped before the demo had begun; there is nothing to judge.");
            if (options.State is null) Directory.Delete(folder, recursive: true);
            return ExitCode.Found;
        }
        catch (Exception e) when (e is OutboxException or SigningKeyException or SocketException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private async Task<DemoVerdict> RunAsync(Plant site, string folder, CancellationToken cancellationToken)
    {
        await using var simulated = SimulatedSite.Of(site, _ledger, onFreePorts: true, time);
        await simulated.StartAsync(cancellationToken).ConfigureAwait(false);
        await _broker.StartAsync().ConfigureAwait(false);
        await using var link = new LinkFault(_broker.EndPoint);
        var plant = site.PointedAt(simulated) with
        {
            Broker = new BrokerSettings
            {
                Urls = [new Uri($"mqtt://{link.EndPoint}")],
                Root = site.Broker.Root,
                // Shorter than in a plant, so that an outage shows within a short demo.
                KeepAlive = TimeSpan.FromSeconds(5),
                AckTimeout = TimeSpan.FromSeconds(3),
                HeadEvery = TimeSpan.FromSeconds(5),
            },
        };
        await using var gateway = GatewayHost.Create(plant, Path.Combine(folder, "gateway"), time, builder =>
        {
            if (!options.ShowLog) builder.Logging.ClearProviders();
        });
        using var keys = TrustedKeys.Load([gateway.CertificateFile]);
        var receiver = new LineReceiver(
            new ReceiverSettings(new BrokerSettings { Urls = [new Uri($"mqtt://{_broker.EndPoint}")], Root = site.Broker.Root }, "demo-receiver", Path.Combine(folder, "receiver")),
            keys, time);
        await using (receiver.ConfigureAwait(false))
        {
            receiver.Resume();
            _before = receiver.Status;
            receiver.Start();
            Introduce(plant, simulated, folder);
            foreach (var accepted in new DemoTrust(Path.Combine(folder, "gateway", StateFolder.Pki), time).Accept(simulated)) _screen.Say(accepted);
            await gateway.StartAsync(cancellationToken).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested)
            {
                await gateway.StopAsync(CancellationToken.None).ConfigureAwait(false);
                throw new OperationCanceledException(cancellationToken);
            }
            await WatchAsync(plant, simulated, link, gateway, receiver, cancellationToken).ConfigureAwait(false);
            await UplinkAsync(gateway).ConfigureAwait(false);
            _screen.Say("Stopping: reading ends, the last batch is sealed, what waits is delivered …");
            link.Mode = LinkMode.Pass;
            await gateway.StopAsync(CancellationToken.None).ConfigureAwait(false);
            await SettleAsync(receiver, gateway).ConfigureAwait(false);
        }
        return DemoVerdict.Of(Path.Combine(folder, "receiver", "received.egb1"), keys, _ledger, simulated.WriteRequests, gateway);
    }

    private void Introduce(Plant plant, SimulatedPlant simulated, string folder)
    {
        _screen.Say($"{plant.Title}: {plant.Lines.Sum(line => line.Devices.Length)} simulated devices on loopback, a broker, the gateway and a verifying receiver.");
        foreach (var line in simulated.Lines) _screen.Say($"  {line.Name,-10} {line.Address,-24} {string.Join(", ", NamesOn(line))}");
        _screen.Say($"State in {folder}. {(options.Duration is { } duration ? $"Runs {duration.TotalSeconds:0} s." : "Ctrl-C stops and judges.")}");
    }

    private static IEnumerable<string> NamesOn(SimulatedLine line) =>
        [.. line.Devices.Select(device => device.Name), .. line.Meters.Select(meter => meter.Name), .. line.Server?.Devices.Select(device => device.Name) ?? []];

    private async Task WatchAsync(
        Plant plant, SimulatedPlant simulated, LinkFault link, GatewayHost gateway, LineReceiver receiver, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var signals = plant.Groups.Sum(group => group.Signals.Length);
        var (breakAt, mendAt) = (options.Duration ?? TimeSpan.FromSeconds(60)) is var whole ? (whole / 3, whole * 2 / 3) : default;
        string? broken = null;
        long readingsBefore = 0;
        var before = start;
        while (true)
        {
            var elapsed = time.GetElapsedTime(start);
            if (options.Duration is { } duration && elapsed + TimeSpan.FromMilliseconds(10) >= duration) break;
            if (broken is null && elapsed >= breakAt && elapsed < mendAt) broken = await BreakAsync(simulated, link).ConfigureAwait(false);
            if (broken is not null && elapsed >= mendAt)
            {
                await MendAsync(simulated, link).ConfigureAwait(false);
                broken = null;
            }
            try
            {
                var left = options.Duration is { } end && end - elapsed < Tick ? end - elapsed : Tick;
                await Task.Delay(left, time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break; // Ctrl-C: stop in order and judge
            }
            var now = time.GetTimestamp();
            var rate = (gateway.Status.Readings - readingsBefore) / time.GetElapsedTime(before, now).TotalSeconds;
            (readingsBefore, before) = (gateway.Status.Readings, now);
            _screen.Show(StateOf(plant, gateway, receiver, signals, time.GetElapsedTime(start), rate, broken));
        }
        if (broken is not null) await MendAsync(simulated, link).ConfigureAwait(false);
    }

    private async Task<string?> BreakAsync(SimulatedPlant simulated, LinkFault link)
    {
        switch (options.Breakage)
        {
            case Breakage.Broker:
                await _broker.StopAsync().ConfigureAwait(false);
                _screen.Say("Broken on purpose: the broker is stopped and forgets everything.");
                return "broker stopped";
            case Breakage.Device:
                var name = SetFault(simulated, Fault.Silent);
                _screen.Say($"Broken on purpose: device {name} falls silent.");
                return $"{name} silent";
            case Breakage.Link:
                link.Mode = LinkMode.BlackHole;
                _screen.Say("Broken on purpose: the link to the broker swallows everything and closes nothing.");
                return "link swallows everything";
            default:
                return null;
        }
    }

    /// <summary>Of the first device; of the first meter, or part of a server, where there is nothing else. Returns its name.</summary>
    private static string SetFault(SimulatedPlant simulated, Fault fault)
    {
        if (simulated.Devices.FirstOrDefault() is { } device)
        {
            device.Fault = fault;
            return device.Name;
        }
        if (simulated.Meters.FirstOrDefault() is { } meter)
        {
            meter.Fault = fault;
            return meter.Name;
        }
        var part = simulated.Servers.First().Devices[0];
        part.Fault = fault;
        return part.Name;
    }

    private async Task MendAsync(SimulatedPlant simulated, LinkFault link)
    {
        if (options.Breakage == Breakage.Broker) await _broker.StartAsync().ConfigureAwait(false);
        if (options.Breakage == Breakage.Device) SetFault(simulated, Fault.None);
        link.Mode = LinkMode.Pass;
        _screen.Say("Mended.");
    }

    private DemoState StateOf(Plant plant, GatewayHost gateway, LineReceiver receiver, int signals, TimeSpan elapsed, double rate, string? broken)
    {
        var (status, depth, seen) = (gateway.Status, gateway.Depth, receiver.Status);
        return new DemoState
        {
            Elapsed = elapsed,
            Signals = signals,
            ReadingsPerSecond = rate,
            GoodShare = status.Readings == 0 ? 0 : (double)status.GoodReadings / status.Readings,
            Undelivered = depth.Undelivered,
            StoredBytes = depth.Bytes,
            Published = status.Published,
            Verified = seen.Payloads - (_before?.Payloads ?? 0),
            VerifiedReadings = seen.Readings - (_before?.Readings ?? 0),
            Missing = seen.Missing,
            Duplicates = seen.Duplicates - (_before?.Duplicates ?? 0),
            Alerts = seen.Streams.Where(stream => stream.Stream.Stream == "alerts").Sum(stream => stream.Contiguous),
            Aggregates = seen.Streams.Where(stream => stream.Stream.Stream == Streams.Aggregates).Sum(stream => stream.Contiguous),
            Minute = status.NewestAggregate,
            Lines = plant.Lines.Length,
            LinesUp = status.Lines.Values.Count(line => line.IsUp),
            IsUplinkUp = status.UplinkIsUp,
            Uplink = status.Uplink,
            Broken = broken,
        };
    }

    /// <summary>Waits for the uplink, which a stop would not: what is not delivered then is delivered after the next start, and a demo has none.</summary>
    private async Task UplinkAsync(GatewayHost gateway)
    {
        if (gateway.Status.UplinkIsUp) return;
        _screen.Say("The uplink is in its back-off; stopping once it is back …");
        var since = time.GetTimestamp();
        while (!gateway.Status.UplinkIsUp && time.GetElapsedTime(since) < UplinkPatience)
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Waits until the receiver has everything the gateway published, as far as it says so itself.</summary>
    private async Task SettleAsync(LineReceiver receiver, GatewayHost gateway)
    {
        var since = time.GetTimestamp();
        while (time.GetElapsedTime(since) < SettlePatience)
        {
            var seen = receiver.Status;
            if (seen.Missing == 0 && Streams.InOrderOfUrgency.All(stream => gateway.Tail(stream) == 0 || seen.Streams.Any(here => here.Stream.Stream == stream && here.Contiguous >= gateway.Tail(stream)))) return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, CancellationToken.None).ConfigureAwait(false);
        }
        _screen.Say(string.Create(CultureInfo.InvariantCulture, $"The receiver has not got everything within {SettlePatience.TotalSeconds:0} s; judging what is there."));
    }
}
