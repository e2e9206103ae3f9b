using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa.Client;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>One client at work with one set of settings, from its beginning until it is disposed.</summary>
internal sealed class Conversation : IAsyncDisposable
{
    private readonly ClientSettings _settings;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private readonly TimeProvider _time;

    public Conversation(ClientSettings settings, LinePlan plan, LineNews news, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        Held = new HeldValues(plan, news, time);
        Client = new SubscribingClient(settings, plan.Subscriptions, Held, time);
        _running = Client.RunAsync(_stopping.Token);
    }

    public SubscribingClient Client { get; }

    public HeldValues Held { get; }

    public UserIdentity User => _settings.User;

    public X509Certificate2? Own => _settings.Own;

    /// <summary>Waits until the first attempt to connect has succeeded or failed, but not for long.</summary>
    public async Task FirstVerdictAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(Held.Verdict, _running).WaitAsync(patience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // neither yet: what is said of it then is that it takes its time
        }
        await ThrowIfFailedAsync().ConfigureAwait(false);
    }

    /// <summary>The client runs until it is stopped: if it has ended by itself the program is wrong, and that must be seen.</summary>
    public Task ThrowIfFailedAsync() => _running.IsCompleted ? _running : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        Client.Dispose();
        _stopping.Dispose();
    }
}
