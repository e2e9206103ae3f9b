using System.Buffers.Binary;
using System.Net.Sockets;
using EdgeGateway.PlantSimulator.OpcUa;

namespace EdgeGateway.Drivers.Tests.OpcUa.Simulator;

/// <summary>A client that sends any bytes: on a channel without security, by hand.</summary>
internal sealed class RawClient : IDisposable
{
    private uint _sequence;

    private RawClient(NetworkStream stream) => Stream = stream;

    public NetworkStream Stream { get; }

    /// <summary>Connects, greets and opens a channel.</summary>
    public static async Task<RawClient> Open(SimulatedDcs dcs)
    {
        var client = await Connect(dcs);
        await client.Greet();
        await client.Stream.WriteAsync(client.Chunk("OPNF", OpenBody, isOpen: true));
        Assert.Equal("OPN", (await client.Read())!.Value.Kind);
        return client;
    }

    public static async Task<RawClient> Connect(SimulatedDcs dcs)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(dcs.Line.EndPoint);
            return new RawClient(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task Greet()
    {
        var hello = new UaEncoder(64);
        hello.WriteRaw("HELF"u8);
        hello.WriteUInt32(32);
        hello.WriteUInt32(0);
        hello.WriteUInt32(65_536);
        hello.WriteUInt32(65_536);
        hello.WriteUInt32(0);
        hello.WriteUInt32(0);
        hello.WriteString(null);
        await Stream.WriteAsync(hello.Written.ToArray());
        Assert.Equal("ACK", (await Read())!.Value.Kind);
    }

    /// <summary>A chunk of a message; <paramref name="kind"/> is <c>MSGF</c> or <c>MSGC</c>.</summary>
    public byte[] Chunk(string kind, ReadOnlySpan<byte> body, uint? sequence = null, uint channel = 1, uint token = 1, bool isOpen = false)
    {
        var chunk = new UaEncoder(70_000);
        chunk.WriteRaw(System.Text.Encoding.ASCII.GetBytes(kind));
        chunk.WriteUInt32(0);
        chunk.WriteUInt32(isOpen ? 0 : channel);
        if (isOpen) WriteAsymmetricHead(chunk);
        else chunk.WriteUInt32(token);
        chunk.WriteUInt32(sequence ?? ++_sequence);
        chunk.WriteUInt32(7);
        chunk.WriteRaw(body);
        var bytes = chunk.Written.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length);
        return bytes;
    }

    /// <summary>A request with its header.</summary>
    public static byte[] Request(uint service, Action<UaEncoder> write)
    {
        var body = new UaEncoder(60_000);
        body.WriteNodeId(NodeKey.Of(service));
        body.WriteNodeId(NodeKey.Null);
        body.WriteInt64(0);
        body.WriteUInt32(1);
        body.WriteUInt32(0);
        body.WriteString(null);
        body.WriteUInt32(0);
        body.WriteNodeId(NodeKey.Null);
        body.WriteByte(0);
        write(body);
        return body.Written.ToArray();
    }

    /// <summary>The next message's kind and bytes; null when the server has closed.</summary>
    public async Task<(string Kind, byte[] Bytes)?> Read()
    {
        var head = new byte[8];
        try
        {
            await Stream.ReadExactlyAsync(head);
            var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(4)) - 8];
            await Stream.ReadExactlyAsync(bytes);
            return (System.Text.Encoding.ASCII.GetString(head, 0, 3), bytes);
        }
        catch (IOException)
        {
            return null; // closed, or reset
        }
    }

    /// <summary>The status with which the server ends the conversation; null if it just goes.</summary>
    public async Task<uint?> Error()
    {
        while (await Read() is { } message)
            if (message.Kind == "ERR") return BinaryPrimitives.ReadUInt32LittleEndian(message.Bytes);
        return null;
    }

    public void Dispose() => Stream.Dispose();

    private static byte[] OpenBody => Request(446, body =>
    {
        body.WriteUInt32(0);
        body.WriteUInt32(0);
        body.WriteUInt32(1);
        body.WriteBytes(null);
        body.WriteUInt32(60_000);
    });

    private static void WriteAsymmetricHead(UaEncoder chunk)
    {
        chunk.WriteString(ServerChannel.NonePolicy);
        chunk.WriteBytes(null);
        chunk.WriteBytes(null);
    }
}
