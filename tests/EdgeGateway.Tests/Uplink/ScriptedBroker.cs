using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EdgeGateway.Tests.Uplink;

/// <summary>
/// The broker's side of MQTT 5, made by hand so that a test decides about every acknowledgement. It can be stopped and started again on its port.
/// </summary>
internal sealed class ScriptedBroker : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Lock _writing = new();
    private readonly List<Message> _messages = [];
    private readonly List<Greeting> _greetings = [];
    private readonly List<Socket> _clients = [];
    private readonly List<Task> _running = [];
    private readonly List<Message> _open = [];
    private TcpListener? _listener;

    /// <summary>The reason code for a publish, or null to keep it without an answer.</summary>
    public Func<Message, byte?> Answer { get; set; } = _ => 0;

    /// <summary>How a publish ends the connection instead of being answered: a reason code for a DISCONNECT, <see cref="WithoutAWord"/>, or null if it does not.</summary>
    public Func<Message, int?> End { get; set; } = _ => null;

    public const int WithoutAWord = -1;

    /// <summary>What the CONNACK says; 0 leaves it out.</summary>
    public ushort ReceiveMaximum { get; set; }

    public uint MaximumPacketBytes { get; set; }

    public byte ConnectReason { get; set; }

    /// <summary>The broker's certificate, for <c>mqtts</c>.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Client certificates have to come from this CA.</summary>
    public X509Certificate2? ClientCa { get; set; }

    public int Port { get; private set; }

    /// <summary>The most publishes of one connection that were unacknowledged at once.</summary>
    public int MostUnacknowledged { get; private set; }

    public int Goodbyes { get; private set; }

    public IReadOnlyList<Message> Messages
    {
        get
        {
            lock (_lock) return [.. _messages];
        }
    }

    public IReadOnlyList<Greeting> Greetings
    {
        get
        {
            lock (_lock) return [.. _greetings];
        }
    }

    /// <summary>The sequenced messages, in order of arrival.</summary>
    public IReadOnlyList<Message> Segments => [.. Messages.Where(message => message.Topic.EndsWith("/live", StringComparison.Ordinal) || message.Topic.EndsWith("/hist", StringComparison.Ordinal))];

    public void Start()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        lock (_lock) _running.Add(AcceptAsync(_listener));
    }

    /// <summary>Resets all connections and stops listening; what was acknowledged is forgotten if the test wants it so.</summary>
    public async Task StopAsync()
    {
        _listener?.Stop();
        Task[] running;
        lock (_lock)
        {
            foreach (var client in _clients) client.Close(0);
            _clients.Clear();
            running = [.. _running];
            _running.Clear();
            _open.Clear();
        }
        await Task.WhenAll(running);
    }

    /// <summary>Acknowledges everything that was kept without an answer.</summary>
    public void AnswerTheRest()
    {
        Message[] open;
        lock (_lock)
        {
            open = [.. _open];
            _open.Clear();
        }
        foreach (var message in open) message.Acknowledge(0);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                lock (_lock)
                {
                    _clients.Add(client.Client);
                    _running.Add(ServeAsync(client));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        await Task.Yield();
        try
        {
            using var closing = client;
            await using var stream = await OpenAsync(client.GetStream());
            var unacknowledged = 0;
            while (true)
            {
                var (type, body) = await ReadPacketAsync(stream);
                switch (type >> 4)
                {
                    case 1:
                        lock (_lock) _greetings.Add(Greeting.Parse(body));
                        Write(stream, ConnAck());
                        break;
                    case 3:
                        var message = Message.Parse(type, body);
                        message.Acknowledge = reason =>
                        {
                            Interlocked.Decrement(ref unacknowledged);
                            Write(stream, [0x40, 3, (byte)(message.Id >> 8), (byte)message.Id, reason]);
                        };
                        lock (_lock)
                        {
                            _messages.Add(message);
                            MostUnacknowledged = Math.Max(MostUnacknowledged, Interlocked.Increment(ref unacknowledged));
                        }
                        message.UnderWay = unacknowledged;
                        if (End(message) is { } end)
                        {
                            if (end != WithoutAWord) Write(stream, [0xE0, 2, (byte)end, 0]);
                            return;
                        }
                        if (Answer(message) is { } code) message.Acknowledge(code);
                        else lock (_lock) _open.Add(message);
                        break;
                    case 12:
                        Write(stream, [0xD0, 0]);
                        break;
                    case 14:
                        Goodbyes++;
                        return;
                    default:
                        Assert.Fail($"packet type {type >> 4}");
                        break;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or AuthenticationException or InvalidOperationException)
        {
            // The client, or StopAsync, closed the connection.
        }
    }

    private async Task<Stream> OpenAsync(Stream plain)
    {
        if (Certificate is null) return plain;
        var tls = new SslStream(plain);
        var options = new SslServerAuthenticationOptions { ServerCertificate = Certificate, ClientCertificateRequired = ClientCa is not null };
        if (ClientCa is { } ca)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.Add(ca);
        }
        await tls.AuthenticateAsServerAsync(options);
        return tls;
    }

    private byte[] ConnAck()
    {
        var properties = new List<byte>();
        if (ReceiveMaximum > 0) properties.AddRange([0x21, (byte)(ReceiveMaximum >> 8), (byte)ReceiveMaximum]);
        if (MaximumPacketBytes > 0)
        {
            properties.Add(0x27);
            for (var shift = 24; shift >= 0; shift -= 8) properties.Add((byte)(MaximumPacketBytes >> shift));
        }
        return [0x20, (byte)(3 + properties.Count), 0, ConnectReason, (byte)properties.Count, .. properties];
    }

    private void Write(Stream stream, byte[] packet)
    {
        // The test and the reading loop both answer.
        lock (_writing) stream.Write(packet);
    }

    private static async Task<(byte Type, byte[] Body)> ReadPacketAsync(Stream stream)
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
        var body = new byte[length];
        await stream.ReadExactlyAsync(body);
        return (type, body);
    }

    private ref struct Cursor(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public byte[] Rest => _rest.ToArray();

        public ushort Number()
        {
            var number = BinaryPrimitives.ReadUInt16BigEndian(_rest);
            _rest = _rest[2..];
            return number;
        }

        public byte Byte()
        {
            var one = _rest[0];
            _rest = _rest[1..];
            return one;
        }

        public byte[] Bytes()
        {
            var length = Number();
            var bytes = _rest[..length].ToArray();
            _rest = _rest[length..];
            return bytes;
        }

        public string Text() => Encoding.UTF8.GetString(Bytes());

        public void SkipProperties()
        {
            var length = 0;
            for (var shift = 0; ; shift += 7)
            {
                var one = Byte();
                length |= (one & 0x7F) << shift;
                if (one < 0x80) break;
            }
            _rest = _rest[length..];
        }
    }

    /// <summary>What a CONNECT said.</summary>
    internal sealed record Greeting(string ClientId, string WillTopic, byte[] Will, string User, string Password)
    {
        public static Greeting Parse(byte[] body)
        {
            var cursor = new Cursor(body);
            Assert.Equal("MQTT", cursor.Text());
            Assert.Equal(5, cursor.Byte());
            var flags = cursor.Byte();
            cursor.Number();
            cursor.SkipProperties();
            var client = cursor.Text();
            cursor.SkipProperties();
            var topic = cursor.Text();
            var will = cursor.Bytes();
            return new Greeting(client, topic, will, (flags & 0x80) != 0 ? cursor.Text() : "", (flags & 0x40) != 0 ? cursor.Text() : "");
        }
    }

    /// <summary>One PUBLISH.</summary>
    internal sealed record Message(string Topic, ushort Id, bool IsRetained, byte[] Payload)
    {
        public Action<byte> Acknowledge { get; set; } = _ => { };

        /// <summary>How many publishes of its connection were unacknowledged when it came, itself included.</summary>
        public int UnderWay { get; set; }

        public static Message Parse(byte type, byte[] body)
        {
            Assert.Equal(1, (type >> 1) & 3); // QoS 1
            var cursor = new Cursor(body);
            var topic = cursor.Text();
            var id = cursor.Number();
            cursor.SkipProperties();
            return new Message(topic, id, (type & 1) != 0, cursor.Rest);
        }
    }
}
