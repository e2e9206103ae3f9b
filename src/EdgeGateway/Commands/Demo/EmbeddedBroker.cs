using System.Net;
using System.Net.Sockets;
using MQTTnet.Server;

namespace EdgeGateway.Commands.Demo;

/// <summary>An MQTT broker on loopback that can be stopped and started again on the same port, forgetting everything, as a careless one would.</summary>
internal sealed class EmbeddedBroker : IAsyncDisposable
{
    private MqttServer? _server;

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    public async Task StartAsync()
    {
        if (EndPoint.Port == 0) EndPoint = new IPEndPoint(IPAddress.Loopback, FreePort());
        var options = new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
            .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
            .WithDefaultEndpointPort(EndPoint.Port)
            .WithMaxPendingMessagesPerClient(10_000)
            .Build();
        _server = new MqttServerFactory().CreateMqttServer(options);
        await _server.StartAsync().ConfigureAwait(false);
    }

    public async Task StopAsync()
    {
        if (_server is not { } server) return;
        _server = null;
        await server.StopAsync(new MqttServerStopOptions()).ConfigureAwait(false);
        server.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    // The server takes a port number but does not tell which one it got for 0.
    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port; // bound, so it has one
    }
}
