using System.Globalization;
using System.Threading.Channels;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Uplink;

/// <summary>
/// Carries out the platform's commands (docs/wire.md §7), one at a time. What is not signed by the platform, is for somebody else or has been seen before
/// does nothing but count. The counter of a command is on disk, with the signed answer, before the command is carried out.
/// </summary>
internal sealed class CommandDesk(
    Plant plant, CommandInbox inbox, TrustedKeys keys, EventQueue events, IOutbox outbox, Resends resends, TimeProvider time, ILogger<CommandDesk> log) : BackgroundService
{
    private const int LinesPerSecond = 20;
    private const int PageSize = 64;
    private static readonly TimeSpan BetweenCommands = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenComplaints = TimeSpan.FromMinutes(1);

    private readonly CommandGate _gate = new(keys, plant.Site, plant.Gateway, outbox.Epoch);
    private readonly Pace _pace = new(LinesPerSecond, time);
    private long _ignored;
    private long _said;
    private long? _saidAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var line in inbox.Lines.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            {
                // Whoever may publish here may not keep the processor busy with signatures.
                if (_pace.Wait is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, time, stoppingToken).ConfigureAwait(false);
                _pace.Take();
                if (_gate.Admit(line, outbox.Command, out var why) is not { } command)
                {
                    Ignore(why);
                    continue;
                }
                await AnswerAsync(command, stoppingToken).ConfigureAwait(false);
                // Nor may the platform fill the record.
                await Task.Delay(BetweenCommands, time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (stoppingToken.IsCancellationRequested && e is OperationCanceledException or ChannelClosedException)
        {
            // The gateway stops; what was not answered is asked again.
        }
    }

    private async Task AnswerAsync(PlatformCommand command, CancellationToken cancellationToken)
    {
        try
        {
            if (command.Order(out var objection) is not { } order)
            {
                log.CommandRefused(command.Number, objection);
                await RecordAsync(command, $",\"ok\":false,\"why\":\"{objection}\"", cancellationToken).ConfigureAwait(false);
                return;
            }
            var kept = Kept(order);
            await RecordAsync(command, string.Create(CultureInfo.InvariantCulture,
                $",\"ok\":true,\"stream\":\"{order.Stream}\",\"lo\":{order.Low},\"hi\":{order.High},\"n\":{kept}"), cancellationToken).ConfigureAwait(false);
            outbox.SendAgain(order.Stream, order.Low, order.High);
            resends.Ask();
            log.SendingAgain(command.Number, order.Stream, order.Low, order.High, kept);
        }
        catch (IOException e)
        {
            log.CommandNotDone(command.Number, e.Message, e);
        }
    }

    private Task RecordAsync(PlatformCommand command, string members, CancellationToken cancellationToken) =>
        events.RecordAsync("command", string.Create(CultureInfo.InvariantCulture, $",\"no\":{command.Number},\"do\":\"{command.Verb}\"{members}"), command.Number, cancellationToken);

    private long Kept(ResendOrder order)
    {
        var kept = 0L;
        for (var from = order.Low; from <= order.High;)
        {
            var page = outbox.Stored(order.Stream, from, order.High, PageSize);
            if (page.Count == 0) break;
            kept += page.Count;
            from = page[^1].Sequence + 1;
        }
        return kept;
    }

    /// <summary>At once the first time, then at most once a minute, with how many there were.</summary>
    private void Ignore(string why)
    {
        _ignored++;
        if (_saidAt is { } at && time.GetElapsedTime(at) < BetweenComplaints) return;
        _saidAt = time.GetTimestamp();
        log.CommandsIgnored(_ignored + inbox.Dropped - _said, why);
        _said = _ignored + inbox.Dropped;
    }
}
