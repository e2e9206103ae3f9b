using EdgeGateway.Receiving;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>The platform at a real broker: a persistent session that takes everything into ledger R, and comes back whenever the broker does.</summary>
internal sealed class Subscriber(int port) : IAsyncDisposable
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(100);

    private CancellationTokenSource _ending = new();
    private Task _running = Task.CompletedTask;
    private volatile bool _listens;

    /// <summary>R.</summary>
    public ReceiverLedger Ledger { get; } = new();

    /// <summary>Returns when the broker has taken the subscription.</summary>
    public async Task StartAsync()
    {
        _ending = new CancellationTokenSource();
        _running = RunAsync(_ending.Token);
        await ListensAsync();
    }

    /// <summary>Waits until it is connected and subscribed.</summary>
    public Task ListensAsync() => Eventually.Is(() => _listens, "the platform at its broker");

    /// <summary>Goes away; the broker keeps its session.</summary>
    public async Task StopAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _listens = false;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _ending.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            using var client = new MqttClientFactory().CreateMqttClient();
            var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            client.DisconnectedAsync += _ =>
            {
                _listens = false;
                lost.TrySetResult();
                return Task.CompletedTask;
            };
            client.ApplicationMessageReceivedAsync += message =>
            {
                if (OuterCoding.LineOf(message.ApplicationMessage) is { } line) Ledger.Add(line);
                return Task.CompletedTask;
            };
            try
            {
                await client.ConnectAsync(new MqttClientOptionsBuilder().WithProtocolVersion(MqttProtocolVersion.V500).WithTcpServer("127.0.0.1", port)
                    .WithClientId("platform").WithCleanStart(false).WithSessionExpiryInterval(3600).Build(), cancellationToken);
                await client.SubscribeAsync("#", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken);
                _listens = true;
                await lost.Task.WaitAsync(cancellationToken);
            }
            catch (Exception e) when (e is MqttCommunicationException or MqttClientDisconnectedException or OperationCanceledException or InvalidOperationException)
            {
                // No broker, or no longer; or told to stop.
            }
            await Task.WhenAny(Task.Delay(RetryEvery, TimeProvider.System, cancellationToken));
        }
    }
}
