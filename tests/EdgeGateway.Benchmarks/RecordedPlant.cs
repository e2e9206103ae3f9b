using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Drivers;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Recording;
using EdgeGateway.Uplink;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Benchmarks;

/// <summary>Recording, outbox and uplink of the gateway, fed with ready readings instead of devices.</summary>
internal sealed class RecordedPlant : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgegateway-bench-").FullName;
    private readonly ServiceProvider _services;
    private readonly Recorder _recorder;
    private readonly Es256Signer _signer = new(ECDsa.Create(ECCurve.NamedCurves.nistP256));
    private readonly Random _random = new(7);
    private readonly int[] _levels;
    private Publisher? _publisher;
    private long _slot;

    public RecordedPlant(IPEndPoint broker, int lines, Func<Plant, Plant> change)
    {
        EndToEnd.WriteSite(_folder, broker, lines);
        Plant = change(PlantLoader.Load(_folder).Plant ?? throw new InvalidOperationException("the benchmark's site has faults"));
        _levels = [.. Enumerable.Range(0, lines * 100).Select(_ => _random.Next(500, 5000))];
        Outbox = LiteDbOutbox.Open(Path.Combine(_folder, "outbox"), Plant.Outbox, TimeProvider.System);
        var identity = new GatewayIdentity { Site = Plant.Site, Gateway = Plant.Gateway, Epoch = Outbox.Epoch, Boot = "0123456789abcdef", ConfigHash = Plant.ConfigHash, Software = "bench" };
        _services = new ServiceCollection().AddLogging(logging => logging.AddFilter(_ => false))
            .AddSingleton(Plant).AddSingleton(TimeProvider.System).AddSingleton(new GatewayStatus()).AddSingleton<IOutbox>(Outbox)
            .AddSingleton(new Sealer(identity, _signer, TimeProvider.System)).AddSingleton(Channel).AddSingleton(new EventQueue()).AddSingleton(new CommandInbox(isOpen: false)).AddSingleton<Resends>().AddSingleton<SlotBook>()
            .BuildServiceProvider();
        _recorder = ActivatorUtilities.CreateInstance<Recorder>(_services);
    }

    public Plant Plant { get; }

    public LiteDbOutbox Outbox { get; }

    public ReadingChannel Channel { get; } = new();

    public Task StartRecordingAsync() => _recorder.StartAsync(CancellationToken.None);

    public Task StartUplinkAsync() => (_publisher = ActivatorUtilities.CreateInstance<Publisher>(_services)).StartAsync(CancellationToken.None);

    /// <summary>One poll of every group: a hundred readings each, half decimals with two places and half floats, wandering as plants do.</summary>
    public async ValueTask PollAsync()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var at = 0;
        foreach (var group in Plant.Groups)
        {
            var block = Channel.Rent();
            block.Reset(group, 0, group.Signals.Length, _slot);
            block.UtcMs = now;
            for (var i = 0; i < block.Count; i++)
            {
                var level = _levels[at++] += _random.Next(-9, 10);
                block.Readings[i] = new Reading(i % 2 == 0 ? SampleValue.OfExact(level, -2) : SampleValue.OfBinary32(level / 100f), Quality.Good);
            }
            await Channel.Writer.WriteAsync(block).ConfigureAwait(false);
        }
        _slot++;
    }

    /// <summary>Everything written so far is recorded.</summary>
    public async Task RecordedAsync()
    {
        Channel.Writer.Complete();
        await (_recorder.ExecuteTask ?? throw new InvalidOperationException("recording has not been started")).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Writer.TryComplete();
        await _recorder.StopAsync(CancellationToken.None).ConfigureAwait(false);
        if (_publisher is not null) await _publisher.StopAsync(CancellationToken.None).ConfigureAwait(false);
        _publisher?.Dispose();
        _recorder.Dispose();
        await _services.DisposeAsync().ConfigureAwait(false);
        Outbox.Dispose();
        _signer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>For lines of figures.</summary>
    public static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
