using System.Globalization;
using System.Threading.Channels;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Evidence.Keys;
using EdgeGateway.Outbox;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Recording;

/// <summary>
/// Signs what was stored without its signatures, oldest first, whenever the keys can (docs/decisions/0011-unsigned-pending.md): nobody else waits for a slow token or a missing key. Brings a
/// new key into force when one lies ready (docs/decisions/0012-key-rotation.md), and warns of certificates that end.
/// </summary>
internal sealed class SigningDesk(
    KeyFolder folder, LineSigner signer, Sealer sealer, IOutbox outbox, EventQueue events, GatewayStatus status, TimeProvider time, ILogger<SigningDesk> log) : BackgroundService
{
    private const int Portion = 64;
    private static readonly TimeSpan RetryAtFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAtMost = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(10);

    private readonly ExpiryWatch _expiry = new();
    private readonly List<Task<bool>> _warnings = [];
    private (SigningKey Next, string Old, Task<bool> OnRecord)? _change;
    private string? _refusedNext;

    /// <summary>The recorder has stopped by now: what it stored last gets its signatures if the keys are there, so that it can be delivered before the end.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (outbox.Depth.Unsigned == 0) return;
        try
        {
            await Task.Run(SignAll, cancellationToken).WaitAsync(LastPatience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KeyUnavailableException or IOException or TimeoutException or OperationCanceledException)
        {
            // It waits, on disk, for the next start.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(SignAsync(stoppingToken), LookAsync(stoppingToken)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    /// <summary>False if the recorder has stopped, or the gateway stops: then it may be on record or not.</summary>
    private async Task<bool> RecordAsync(string name, string members, CancellationToken stoppingToken)
    {
        try
        {
            await events.RecordAsync(name, members, command: null, stoppingToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task SignAsync(CancellationToken stoppingToken)
    {
        var delay = RetryAtFirst;
        while (true)
        {
            await outbox.WaitForUnsignedAsync(stoppingToken).ConfigureAwait(false);
            while (await TrySignAllAsync().ConfigureAwait(false) is { } trouble)
            {
                if (trouble is KeyUnavailableException) await TroubleAsync(trouble.Message, stoppingToken).ConfigureAwait(false);
                else log.SignaturesNotStored(trouble.Message, trouble);
                await Task.Delay(delay, time, stoppingToken).ConfigureAwait(false);
                delay = delay * 2 < RetryAtMost ? delay * 2 : RetryAtMost;
            }
            delay = RetryAtFirst;
            await WorksAgainAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    /// <summary>Null if nothing waits any more; otherwise why not.</summary>
    private async Task<Exception?> TrySignAllAsync()
    {
        try
        {
            // A token blocks whoever asks it: that is a thread of the pool and nobody's turn.
            await Task.Run(SignAll, CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is KeyUnavailableException or IOException)
        {
            return e;
        }
    }

    private void SignAll()
    {
        foreach (var stream in Streams.InOrderOfUrgency)
        {
            while (outbox.Unsigned(stream, Portion) is { UpTo: > 0 } waiting)
            {
                List<Segment> signed = [.. waiting.Segments.Select(segment => segment with { Line = signer.Sign(segment.Line) })];
                outbox.Sign(stream, signed, waiting.UpTo);
            }
        }
    }

    private async Task TroubleAsync(string reason, CancellationToken stoppingToken)
    {
        if (status.SigningTrouble == reason) return;
        var isNew = status.SigningTrouble is null;
        status.SigningTrouble = reason;
        log.SigningFails(reason, outbox.Depth.Unsigned);
        // It waits with the rest, and says from when on.
        if (isNew) await RecordAsync("signing", ",\"state\":\"waiting\"", stoppingToken).ConfigureAwait(false);
    }

    private async Task WorksAgainAsync(CancellationToken stoppingToken)
    {
        if (status.SigningTrouble is null) return;
        status.SigningTrouble = null;
        log.SigningWorksAgain();
        await RecordAsync("signing", ",\"state\":\"signed\"", stoppingToken).ConfigureAwait(false);
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        if (outbox.Depth.Unsigned == 0) DropFormer();
        while (true)
        {
            // What goes on record waits for the recorder's batch; the next look does not.
            await WarnAsync(stoppingToken).ConfigureAwait(false);
            await ReplaceAsync(stoppingToken).ConfigureAwait(false);
            await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(false);
        }
    }

    private void DropFormer()
    {
        try
        {
            folder.DropFormer();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.FormerKeyStays(e.Message);
        }
    }

    private async Task WarnAsync(CancellationToken stoppingToken)
    {
        foreach (var said in _warnings.Where(warning => warning.IsCompleted).ToList())
        {
            await said.ConfigureAwait(false);
            _warnings.Remove(said);
        }
        var now = time.GetUtcNow();
        status.KeyExpiry = signer.Keys.Select(key => ExpiryWatch.Notice(key, now)).FirstOrDefault(notice => notice is not null);
        foreach (var key in signer.Keys)
        {
            if (_expiry.Due(key, now) is not { } days) continue;
            log.KeyExpires(key.KeyId, ExpiryWatch.Notice(key, now)!); // what is due has a notice
            _warnings.Add(RecordAsync("key-expiry", string.Create(CultureInfo.InvariantCulture, $",\"kid\":\"{key.KeyId}\",\"days\":{days}"), stoppingToken));
        }
    }

    /// <summary>Takes the key that lies ready, if one does. A key without which there is nothing to lose keeps the old one in force.</summary>
    private async Task ReplaceAsync(CancellationToken stoppingToken)
    {
        if (_change is not null)
        {
            await FinishChangeAsync().ConfigureAwait(false);
            return;
        }
        string old;
        SigningKey? next;
        try
        {
            // Of a change that is on record and whose files could not be moved.
            folder.Complete(outbox.Keys);
            // A renewed certificate of the same key needs no event: nothing that signs has changed.
            foreach (var renewed in folder.TakeRenewed(signer.Keys)) signer.Renew(renewed);
            next = await Task.Run(() => folder.FindNext(signer.Keys), stoppingToken).ConfigureAwait(false);
            if (next is null) return;
            old = signer.Replaced(next).KeyId;
            // Without its signature the change, and all that waits for it, could never be published. A certificate that has ended is no hindrance: a key that is
            // replaced may sign what it still owes.
            if (status.SigningTrouble is { } trouble && trouble != signer.Objection(signer.Replaced(next))) throw new KeyUnavailableException($"the old key has to sign the change as well, and: {trouble}");
        }
        catch (Exception e) when (e is KeyUnavailableException or SigningKeyException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            if (_refusedNext == e.Message) return;
            _refusedNext = e.Message;
            log.KeyNotReplaced(e.Message);
            return;
        }
        _refusedNext = null;
        sealer.Offered = next;
        _change = (next, old, RecordAsync("key", "", stoppingToken));
    }

    /// <summary>Once it is on record, with the store's own note of it: should the files not be moved before the power goes, the next start does it.</summary>
    private async Task FinishChangeAsync()
    {
        if (_change is not { OnRecord.IsCompleted: true } change) return;
        _change = null;
        if (!await change.OnRecord.ConfigureAwait(false)) return;
        log.KeyReplaced(change.Old, change.Next.KeyId);
        try
        {
            folder.Complete(outbox.Keys);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.KeyFilesStay(e.Message);
        }
    }
}
