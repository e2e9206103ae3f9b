using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EdgeGateway.Drivers.Tests.PlantSimulator;

/// <summary>A master that speaks frames made by hand, so that the simulator is judged by the standard and not by our driver.</summary>
internal sealed class RawMaster : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public int Available => _socket.Available;

    public static async Task<RawMaster> To(IPEndPoint endPoint)
    {
        var master = new RawMaster();
        await master._socket.ConnectAsync(endPoint);
        return master;
    }

    public static byte[] Question(ushort transaction, byte unit, byte function, ushort address, ushort count) =>
    [
        (byte)(transaction >> 8), (byte)transaction, 0, 0, 0, 6, unit, function,
        (byte)(address >> 8), (byte)address, (byte)(count >> 8), (byte)count,
    ];

    public async Task Send(params byte[] bytes) => Assert.Equal(bytes.Length, await _socket.SendAsync(bytes));

    public Task Ask(ushort transaction, byte function, ushort address, ushort count, byte unit = 1) =>
        Send(Question(transaction, unit, function, address, count));

    /// <summary>Exactly this many bytes.</summary>
    public async Task<byte[]> Read(int count)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        var bytes = new byte[count];
        for (var filled = 0; filled < count;)
        {
            var read = await _socket.ReceiveAsync(bytes.AsMemory(filled), patience.Token);
            Assert.True(read > 0, $"the slave closed after {filled} of {count} bytes");
            filled += read;
        }
        return bytes;
    }

    /// <summary>One frame as its MBAP header cuts it.</summary>
    public async Task<byte[]> ReadFrame()
    {
        var head = await Read(6);
        return [.. head, .. await Read(BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(4)))];
    }

    /// <summary>Asks and reads the answer's PDU, as hexadecimal digits.</summary>
    public async Task<string> Pdu(byte function, ushort address, ushort count, byte unit = 1, ushort transaction = 0x0102)
    {
        await Ask(transaction, function, address, count, unit);
        var frame = await ReadFrame();
        Assert.Equal(new byte[] { (byte)(transaction >> 8), (byte)transaction, 0, 0 }, frame[..4]);
        Assert.Equal(unit, frame[6]);
        return Convert.ToHexString(frame.AsSpan(7));
    }

    /// <summary>Reads registers and returns the data bytes.</summary>
    public async Task<byte[]> Registers(ushort address, ushort count, byte function = 3, ushort transaction = 7)
    {
        var pdu = Convert.FromHexString(await Pdu(function, address, count, transaction: transaction));
        Assert.Equal(function, pdu[0]);
        Assert.Equal(count * 2, pdu[1]);
        return pdu[2..];
    }

    /// <summary>The system's word for how the connection ended: a reset, or <see cref="SocketError.Success"/> for an orderly end.</summary>
    public async Task<SocketError> End()
    {
        using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        try
        {
            var read = await _socket.ReceiveAsync(new byte[1], patience.Token);
            Assert.Equal(0, read);
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    public void Dispose() => _socket.Dispose();
}
