using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Drivers.Links;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Acquisition;

/// <summary>Runs one <see cref="LineWorker"/> per line; when all have stopped, completes the channel so that recording can seal the rest.</summary>
internal sealed class AcquisitionService(
    Plant plant, ReadingChannel channel, SlotBook book, GatewayStatus status, TimeProvider time, ILogger<AcquisitionService> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var random = new Random();
            var workers = plant.Lines.Select(line => new LineWorker(
                line, LinkDial.For(line.Connect, time), line.Protocol.Create(line.Name, time), channel, book, status, time, new Random(random.Next()), log)).ToList();
            var running = workers.Select(worker => worker.RunAsync(stoppingToken)).ToList();
            // A worker ends only when it is stopped or the program is wrong: the first that fails takes the host down.
            while (running.Count > 0)
            {
                var ended = await Task.WhenAny(running).ConfigureAwait(false);
                running.Remove(ended);
                await ended.ConfigureAwait(false);
            }
        }
        finally
        {
            channel.Writer.TryComplete();
        }
    }
}
