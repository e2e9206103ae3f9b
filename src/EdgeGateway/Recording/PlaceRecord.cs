using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Recording;

/// <summary>
/// Puts on record when the state folder is not where it was used last (docs/wire.md §4.2, <c>moved</c>): somebody copied or restored it, and perhaps two gateways go on
/// from one state now. Whether the other one still runs only a receiver can see.
/// </summary>
internal sealed class PlaceRecord(StateFolder state, EventQueue events, ILogger<PlaceRecord> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var (before, now) = (StatePlace.Read(state.FullPath), StatePlace.Of(state.FullPath));
            if (before == now) return;
            if (before is not null)
            {
                var (isOtherMachine, isOtherFolder) = (before.Machine != now.Machine, before.Folder != now.Folder);
                log.Moved(state.FullPath, isOtherMachine ? "another machine" : "another folder");
                await events.RecordAsync("moved", $",\"machine\":{Json(isOtherMachine)},\"folder\":{Json(isOtherFolder)}", command: null, stoppingToken).ConfigureAwait(false);
            }
            // Only now: what is not on record yet is said at the next start.
            now.Write(state.FullPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.PlaceUnknown(state.FullPath, e.Message);
        }
        catch (Exception e) when (e is ChannelClosedException || (e is OperationCanceledException && stoppingToken.IsCancellationRequested))
        {
            // The gateway stops.
        }
    }

    private static string Json(bool value) => value ? "true" : "false";
}
