using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EdgeGateway.Tests.Config;

/// <summary>A Modbus TCP slave of the tests' own: answers any read with the registers it was given, zeros elsewhere. One master at a time.</summary>
internal sealed class RegisterSlave : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<(int Function, int Address), ushort> _registers = [];
    private readonly Task _serving;

    /// <summary>Registers as <c>3:0x0010=41C80000</c>: function, address, hexadecimal registers (or one 0 or 1 for functions 1 and 2); several with spaces.</summary>
    public RegisterSlave(string registers)
    {
        foreach (var part in registers.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var (place, wire) = (part.Split('=')[0].Split(':'), part.Split('=')[1]);
            var function = int.Parse(place[0], CultureInfo.InvariantCulture);
            var address = place[1].StartsWith("0x", StringComparison.Ordinal) ? Convert.ToInt32(place[1], 16) : int.Parse(place[1], CultureInfo.InvariantCulture);
            if (function <= 2) _registers[(function, address)] = ushort.Parse(wire, CultureInfo.InvariantCulture);
            else for (var i = 0; i < wire.Length / 4; i++) _registers[(function, address + i)] = Convert.ToUInt16(wire.Substring(i * 4, 4), 16);
        }
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            var stream = client.GetStream();
            var question = new byte[12];
            while (await stream.ReadAtLeastAsync(question, question.Length, throwOnEndOfStream: false, _stop.Token) == question.Length)
                await stream.WriteAsync(Answer(question), _stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException or IOException)
        {
            // The test is over, or the master has gone.
        }
    }

    private byte[] Answer(byte[] question)
    {
        int function = question[7], address = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(8)), count = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(10));
        var data = new byte[function <= 2 ? (count + 7) / 8 : count * 2];
        for (var i = 0; i < count; i++)
        {
            var value = _registers.GetValueOrDefault((function, address + i));
            if (function <= 2) data[i / 8] |= (byte)(value << i % 8);
            else BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2 * i), value);
        }
        return [question[0], question[1], 0, 0, 0, (byte)(3 + data.Length), question[6], (byte)function, (byte)data.Length, .. data];
    }
}
