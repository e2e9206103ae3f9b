using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Links;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Acquisition;

/// <summary>Runs one <see cref="LineWorker"/> per line; when all have stopped, completes the channel so that recording can seal the rest.</summary>
internal sealed class AcquisitionService(
    Plant plant, StateFolder state, ReadingChannel channel, SlotBook book, GatewayStatus status, TimeProvider time, ILogger<AcquisitionService> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var random = new Random();
            var workers = plant.Lines.Select((line, i) => new LineWorker(
                line, LinkDial.For(line.Connect, time), protocol => protocol.Create(ContextOf(line, protocol)), channel, book, status, time, new Random(random.Next()), log,
                phase: (double)i / plant.Lines.Length)).ToList();
            var running = workers.Select(worker => worker.RunAsync(ending.Token)).ToList();
            // A worker ends only when it is stopped or the program is wrong: the first that fails takes the others, and then the host, down.
            await Task.WhenAny(running).ConfigureAwait(false);
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(running).ConfigureAwait(false);
        }
        finally
        {
            channel.Writer.TryComplete();
        }
    }

    private LineContext ContextOf(Line line, DriverType protocol) => new(line.Name, line.Connect, time)
    {
        Settings = line.Settings,
        Groups = [.. line.Devices.Where(device => line.ProtocolOf(device) == protocol).SelectMany(device => device.Groups).Select(group => group.Poll)],
        Gateway = $"{plant.Site}/{plant.Gateway}",
        StateFolder = state.FullPath,
        Say = notice =>
        {
            if (notice.IsTrouble) log.DriverWarns(line.Name, notice.Text);
            else log.DriverTells(line.Name, notice.Text);
        },
    };

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        // Stopped in the middle of the start this service may never have run; recording waits for the end of the channel all the same.
        channel.Writer.TryComplete();
    }
}
