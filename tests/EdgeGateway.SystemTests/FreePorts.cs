using System.Net;
using System.Net.Sockets;

namespace EdgeGateway.SystemTests;

/// <summary>
/// Ports for programs that are told theirs. Below the range the system takes outgoing ports from, so that nobody gets one by chance between
/// our look and the program's start.
/// </summary>
internal static class FreePorts
{
    private const int First = 20_000;
    private const int Beyond = 32_000;
    private static readonly HashSet<int> Given = [];

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Beyond);
            if (!Given.Add(port)) continue;
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: take another.
            }
        }
    }
}
