using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeGateway.Receiving;
using MQTTnet;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>
/// Broker and receiver in one, by hand, so that a scenario decides what becomes of every publish: what it stores goes into ledger R. MQTT 5, quality of
/// service 1. It can be stopped and started again on its port.
/// </summary>
internal sealed class ReceivingBroker : IAsyncDisposable
{
    private const int LongestPacket = 1 << 20;

    private readonly Lock _gate = new();
    private readonly HashSet<TcpClient> _clients = [];
    private readonly HashSet<Task> _running = [];
    private TcpListener? _listener;
    private TaskCompletionSource _stopped = new();
    private int _vanished;

    /// <summary>R.</summary>
    public ReceiverLedger Ledger { get; } = new();

    /// <summary>What becomes of a publish, by its line.</summary>
    public Func<byte[], BrokerReply> Reply { get; set; } = _ => BrokerReply.Honest;

    /// <summary>How fast it reads; null for as fast as it can.</summary>
    public int? BytesPerSecond { get; set; }

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    public string Url => $"mqtt://{EndPoint}";

    /// <summary>
    /// The machine behind the connections of now is gone: they are never read or answered again, and nobody tells the other end. New ones are served.
    /// </summary>
    public void Vanish() => Interlocked.Increment(ref _vanished);

    /// <summary>Connections that have begun with a CONNECT.</summary>
    public int Greetings { get; private set; }

    public void Start()
    {
        _listener = new TcpListener(EndPoint);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        lock (_gate) _running.Add(AcceptAsync(_listener));
    }

    /// <summary>Resets every connection and stops listening.</summary>
    public async Task StopAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _listener?.Stop();
            foreach (var client in _clients) client.Client.Close(0);
            _clients.Clear();
            running = [.. _running];
            _running.Clear();
            _stopped.TrySetResult();
            _stopped = new TaskCompletionSource();
        }
        await Task.WhenAll(running);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                lock (_gate)
                {
                    if (_listener != listener)
                    {
                        client.Dispose();
                        continue;
                    }
                    _running.RemoveWhere(done => done.IsCompletedSuccessfully);
                    _clients.Add(client);
                    _running.Add(ServeAsync(client));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        await Task.Yield();
        using var closing = client;
        var answers = new List<Task>();
        var (vanished, stopped) = (_vanished, _stopped.Task);
        try
        {
            client.NoDelay = true;
            if (BytesPerSecond is not null) client.ReceiveBufferSize = 4096;
            var stream = client.GetStream();
            while (true)
            {
                var (type, body) = await ReadPacketAsync(stream);
                if (vanished != _vanished)
                {
                    await stopped;
                    return;
                }
                switch (type >> 4)
                {
                    case 1:
                        Greetings++;
                        Write(stream, [0x20, 3, 0, 0, 0]);
                        break;
                    case 3:
                        answers.RemoveAll(done => done.IsCompleted);
                        answers.Add(TakeAsync(stream, type, body));
                        break;
                    case 8:
                        Write(stream, [0x90, 4, body[0], body[1], 0, 1]);
                        break;
                    case 12:
                        Write(stream, [0xD0, 0]);
                        break;
                    case 14:
                        return;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The gateway, or StopAsync, closed the connection.
        }
        finally
        {
            lock (_gate) _clients.Remove(client);
            client.Dispose();
            await Task.WhenAll(answers);
        }
    }

    private async Task TakeAsync(NetworkStream stream, byte type, byte[] body)
    {
        var publish = PublishPacket.Parse(type, body);
        var reply = Reply(publish.Line);
        if (reply.StoreDelay > TimeSpan.Zero) await Task.Delay(reply.StoreDelay, TimeProvider.System, CancellationToken.None);
        for (var i = 0; i < reply.Stored; i++) Ledger.Add(publish.Line);
        if (reply.Delay > TimeSpan.Zero) await Task.Delay(reply.Delay, TimeProvider.System, CancellationToken.None);
        if (!reply.IsAcknowledged || publish.QualityOfService == 0) return;
        try
        {
            Write(stream, [0x40, 3, (byte)(publish.Id >> 8), (byte)publish.Id, 0]);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The connection went while the answer waited.
        }
    }

    private void Write(NetworkStream stream, byte[] packet)
    {
        lock (_gate) stream.Write(packet);
    }

    private async Task<(byte Type, byte[] Body)> ReadPacketAsync(NetworkStream stream)
    {
        var one = new byte[1];
        await stream.ReadExactlyAsync(one);
        var type = one[0];
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            await stream.ReadExactlyAsync(one);
            length |= (one[0] & 0x7F) << shift;
            if (one[0] < 0x80) break;
        }
        if (length > LongestPacket) throw new IOException($"a packet of {length} bytes");
        var body = new byte[length];
        if (BytesPerSecond is not { } pace)
        {
            await stream.ReadExactlyAsync(body);
            return (type, body);
        }
        for (var at = 0; at < length;)
        {
            var part = Math.Min(Math.Max(1, pace / 10), length - at);
            await stream.ReadExactlyAsync(body.AsMemory(at, part));
            at += part;
            await Task.Delay(TimeSpan.FromSeconds((double)part / pace), TimeProvider.System, CancellationToken.None);
        }
        return (type, body);
    }

    /// <summary>One PUBLISH, its outer coding taken off.</summary>
    private readonly record struct PublishPacket(ushort Id, int QualityOfService, byte[] Line)
    {
        public static PublishPacket Parse(byte type, byte[] body)
        {
            var at = 0;
            var topic = Text(body, ref at);
            var quality = type >> 1 & 3;
            var id = quality == 0 ? (ushort)0 : Number(body, ref at);
            var message = new MqttApplicationMessageBuilder().WithTopic(topic);
            var end = VariableNumber(body, ref at) + at;
            while (at < end) ReadProperty(body, ref at, message);
            message.WithPayload(body[end..]);
            return new PublishPacket(id, quality, OuterCoding.LineOf(message.Build()) ?? throw new IOException("a message that is no line"));
        }

        private static void ReadProperty(byte[] body, ref int at, MqttApplicationMessageBuilder message)
        {
            switch (body[at++])
            {
                case 0x01:
                    at++;
                    break;
                case 0x02:
                    at += 4;
                    break;
                case 0x23:
                    at += 2;
                    break;
                case 0x26:
                    var name = Text(body, ref at);
                    message.WithUserProperty(name, Encoding.UTF8.GetBytes(Text(body, ref at)));
                    break;
                default:
                    Text(body, ref at);
                    break;
            }
        }

        private static ushort Number(byte[] body, ref int at)
        {
            var number = BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(at));
            at += 2;
            return number;
        }

        private static string Text(byte[] body, ref int at)
        {
            var length = Number(body, ref at);
            at += length;
            return Encoding.UTF8.GetString(body, at - length, length);
        }

        private static int VariableNumber(byte[] body, ref int at)
        {
            var number = 0;
            for (var shift = 0; ; shift += 7)
            {
                var one = body[at++];
                number |= (one & 0x7F) << shift;
                if (one < 0x80) return number;
            }
        }
    }
}
