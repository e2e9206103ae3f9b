using System.Text;
using System.Threading.Channels;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Uplink;

/// <summary>
/// Holds the platform's signed receipts against our own chain (docs/wire.md §9). A right one releases what it covers and is kept; a wrong one, by the platform's own key,
/// means that it has something else than we sealed: from then on nothing of the stream leaves, and everybody is told.
/// </summary>
internal sealed class ReceiptDesk(
    Plant plant, ReceiptInbox inbox, TrustedKeys keys, EventQueue events, IOutbox outbox, BootClock clock, GatewayStatus status, TimeProvider time, ILogger<ReceiptDesk> log) : BackgroundService
{
    private const int LinesPerSecond = 20;

    /// <summary>What the platform's clock and ours may differ by, beside what ours is known to be wrong by.</summary>
    private const long ClocksDifferMs = 1_000;
    private static readonly TimeSpan BetweenComplaints = TimeSpan.FromMinutes(1);

    private readonly Pace _pace = new(LinesPerSecond, time);
    private readonly HashSet<string> _wrong = [];
    private long _ignored;
    private long? _saidAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var line in inbox.Lines.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            {
                if (_pace.Wait is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, time, stoppingToken).ConfigureAwait(false);
                _pace.Take();
                await TakeAsync(line, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (stoppingToken.IsCancellationRequested && e is OperationCanceledException or ChannelClosedException)
        {
            // The gateway stops; receipts come again.
        }
    }

    private async Task TakeAsync(byte[] line, CancellationToken cancellationToken)
    {
        var receipt = PlatformReceipt.Open(line, keys, out var why);
        why = receipt switch
        {
            null => why,
            _ when receipt.Site != plant.Site || receipt.Gateway != plant.Gateway => "for another gateway",
            _ when receipt.Epoch != outbox.Epoch => "for another epoch",
            _ when !Streams.InOrderOfUrgency.Contains(receipt.Stream) => "for a stream that is not kept here",
            _ => "",
        };
        if (receipt is null || why.Length > 0)
        {
            Ignore(why);
            return;
        }
        try
        {
            await HoldAgainstOurChainAsync(receipt, line, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            // The store cannot be read just now; the platform says it again.
            Ignore($"the store cannot be read: {e.Message}");
        }
    }

    private async Task HoldAgainstOurChainAsync(PlatformReceipt receipt, byte[] line, CancellationToken cancellationToken)
    {
        var tail = outbox.Tail(receipt.Stream);
        if (receipt.High > tail.Sequence)
        {
            await AlarmAsync(receipt, line, "beyond", $"it covers number {receipt.High}, and the newest ever sealed here is {tail.Sequence}", cancellationToken).ConfigureAwait(false);
            return;
        }
        // What has left the store is behind the watermark (or named in a gap record): such a receipt is late, and says nothing new.
        if (outbox.Stored(receipt.Stream, receipt.High, receipt.High, 1) is not [var segment]) return;
        if (segment.Hash != receipt.HashOfHigh)
        {
            await AlarmAsync(receipt, line, "hash", $"it names another hash for number {receipt.High} than was sealed here", cancellationToken).ConfigureAwait(false);
            return;
        }
        CompareClocks(receipt, segment);
        if (!_wrong.Contains(receipt.Stream)) outbox.Receipt(receipt.Stream, new StreamReceipt(receipt.High, line));
    }

    private async Task AlarmAsync(PlatformReceipt receipt, byte[] line, string code, string reason, CancellationToken cancellationToken)
    {
        outbox.HoldBack(receipt.Stream);
        if (!_wrong.Add(receipt.Stream)) return;
        status.ReceiptTrouble = $"a receipt of the platform for {receipt.Stream} is wrong: {reason}";
        log.WrongReceipt(receipt.Stream, reason);
        var members = new Utf8Buffer(PlatformReceipt.MaxLineBytes * 2).Raw(",\"ok\":false,\"why\":"u8).Quoted(code).Raw(",\"stream\":"u8).Quoted(receipt.Stream)
            .Raw(",\"hi\":"u8).Number(receipt.High).Raw(",\"line\":"u8).Quoted(Encoding.UTF8.GetString(line));
        await events.RecordAsync("receipt", Encoding.UTF8.GetString(members.Written), command: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The platform had the segment when it signed, and we have the receipt now: its time lies between two of ours, or one of the clocks is wrong.</summary>
    private void CompareClocks(PlatformReceipt receipt, Segment segment)
    {
        var (now, monotonic) = clock.Stamp();
        // What the platform itself has shown to be wrong excuses nothing, or every second receipt would agree.
        var own = clock.Trust is { State: not ClockState.Informative } trust ? trust.ErrorMsAt(monotonic) ?? 0 : 0;
        var slack = ClocksDifferMs + own;
        var ahead = segment.T1 >= clock.SteadySinceUtcMs ? segment.T1 - receipt.TimeMs : 0;
        var behind = receipt.TimeMs - now;
        clock.PlatformSaysWrongByMs = ahead > slack ? ahead : behind > slack ? -behind : 0;
    }

    /// <summary>At once the first time, then at most once a minute, with how many there were.</summary>
    private void Ignore(string why)
    {
        _ignored++;
        if (_saidAt is { } at && time.GetElapsedTime(at) < BetweenComplaints) return;
        _saidAt = time.GetTimestamp();
        log.ReceiptsIgnored(_ignored, why);
        _ignored = 0;
    }
}
