using System.Security.Cryptography;
using EdgeGateway.Acquisition;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Evidence.Keys;
using EdgeGateway.Outbox;
using EdgeGateway.Precheck;
using EdgeGateway.Recording;
using EdgeGateway.Uplink;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Commands;

/// <summary>The gateway put together on one plant and one state folder: what <c>run</c> runs and <c>demo</c> shows.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly LineSigner _signer;
    private readonly KeyFolder _keys;
    private readonly LiteDbOutbox _outbox;
    private readonly TrustedKeys? _commandKeys;
    private readonly IHost _host;
    private bool _isClosed;

    private GatewayHost(LineSigner signer, KeyFolder keys, LiteDbOutbox outbox, TrustedKeys? commandKeys, IHost host, GatewayStatus status, string boot, string certificateFile) =>
        (_signer, _keys, _outbox, _commandKeys, _host, Status, Boot, CertificateFile) = (signer, keys, outbox, commandKeys, host, status, boot, certificateFile);

    public GatewayStatus Status { get; }

    /// <summary>Boot id, as payloads carry it.</summary>
    public string Boot { get; }

    public OutboxDepth Depth => _outbox.Depth;

    /// <summary>The newest sequence number of a stream.</summary>
    public long Tail(string stream) => _outbox.Tail(stream).Sequence;

    /// <summary>What receivers trust this gateway by.</summary>
    public string CertificateFile { get; }

    // The service manager's way of saying it, which does not go through our token.
    private bool IsToldToStop => _host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    /// <summary>Opens key and store and wires the steps together; nothing runs yet.</summary>
    /// <exception cref="SigningKeyException">The key cannot be used.</exception>
    /// <exception cref="OutboxException">The store cannot be used.</exception>
    public static GatewayHost Create(Plant plant, string stateFolder, TimeProvider time, Action<HostApplicationBuilder> configure)
    {
        // The store first: it also refuses a second process on the same folder, before a key is made or read.
        var outbox = LiteDbOutbox.Open(Path.Combine(stateFolder, "outbox"), plant.Outbox, time);
        var keys = SigningSetup.FolderOf(plant.Signing, stateFolder, time);
        LineSigner signer;
        TrustedKeys? commandKeys;
        try
        {
            signer = SigningSetup.Open(plant, keys, outbox, time);
            commandKeys = TrustedForCommands(plant.Broker);
        }
        catch (Exception e) when (e is SigningKeyException or OutboxException)
        {
            outbox.Dispose();
            keys.Dispose();
            throw;
        }
        var identity = new GatewayIdentity
        {
            Site = plant.Site,
            Gateway = plant.Gateway,
            Epoch = outbox.Epoch,
            Boot = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
            ConfigHash = plant.ConfigHash,
            Software = SoftwareVersion.Text,
        };
        var status = new GatewayStatus();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff'Z' ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        configure(builder);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(45));
        builder.Services.AddSingleton(plant).AddSingleton(new StateFolder(Path.GetFullPath(stateFolder))).AddSingleton(time).AddSingleton(status)
            .AddSingleton<IOutbox>(outbox).AddSingleton(keys).AddSingleton(signer).AddSingleton(new Sealer(identity, signer, time))
            .AddSingleton(new ReadingChannel()).AddSingleton(new EventQueue()).AddSingleton<SlotBook>().AddSingleton(new AggregateBook(plant)).AddSingleton(new Random());
        // Hosted services stop in reverse order: reading first, then recording seals the rest, what waits for signatures gets them, and the uplink goes last.
        builder.Services.AddHostedService<Publisher>().AddHostedService<SigningDesk>().AddHostedService<Recorder>().AddHostedService<AcquisitionService>();
        builder.Services.AddSingleton(new CommandInbox(isOpen: commandKeys is not null)).AddSingleton<Resends>();
        if (commandKeys is not null) builder.Services.AddSingleton(commandKeys).AddHostedService<CommandDesk>();
        if (plant.Mirror is { } mirror) builder.Services.AddSingleton(mirror).AddHostedService<Mirror>();
        return new GatewayHost(signer, keys, outbox, commandKeys, builder.Build(), status, identity.Boot, CertificateIn(keys));
    }

    /// <summary>
    /// Returns when the stored past is accounted for and acquisition has begun; or earlier when it is told to stop meanwhile, and then
    /// <see cref="StopAsync"/> stops in order what has begun.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested || IsToldToStop)
        {
            // The caller stops the host next.
        }
    }

    /// <summary>Stops in order: everything read is sealed and stored, and what the broker takes within seconds is delivered.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _host.StopAsync(cancellationToken);

    /// <summary>Runs until stopped; <see cref="ExitCode.Failed"/> if one of the steps failed.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // A failed step must not look like an orderly stop to the service manager.
        var steps = _host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        await StartAsync(cancellationToken).ConfigureAwait(false);
        await _host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        return steps.Any(step => step.ExecuteTask is { IsFaulted: true }) ? ExitCode.Failed : ExitCode.Clean;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isClosed) return;
        _isClosed = true;
        if (_host is IAsyncDisposable host) await host.DisposeAsync().ConfigureAwait(false);
        _outbox.Dispose();
        _signer.Dispose();
        _keys.Dispose();
        _commandKeys?.Dispose();
    }

    private static string CertificateIn(KeyFolder keys) =>
        Path.Combine(keys.FullPath, keys.Order.Algorithms[0] == SignatureAlgorithm.Sm2Sm3 ? "signing-sm2.crt" : SigningKeyFile.CertificateName);

    private static TrustedKeys? TrustedForCommands(BrokerSettings broker)
    {
        if (broker.CommandKeyFile is not { } file) return null;
        try
        {
            return TrustedKeys.Load(file);
        }
        catch (TrustedKeyException e)
        {
            throw new SigningKeyException($"broker.command-key has to be the platform's certificate or public key: {e.Message}", e);
        }
    }
}
