using System.Globalization;
using System.Net;
using System.Text;

namespace EdgeGateway.Drivers;

/// <summary>
/// A device, or the modem before it, that dials in, in <c>connect:</c>: <c>listen://0.0.0.0:15100?id=DTU-0001&amp;allow=10.0.0.0/8</c>. It says its id as soon as it is
/// connected. An id is no secret: whoever may send from an allowed address can claim it.
/// </summary>
/// <param name="Local">Where the gateway listens; several lines may share it.</param>
/// <param name="Id">The first bytes that the device sends.</param>
/// <param name="Heartbeat">What it sends from time to time to keep the connection; empty for nothing.</param>
/// <param name="Allowed">From where it may come; empty for this computer alone.</param>
public sealed record DialInAddress(IPEndPoint Local, byte[] Id, byte[] Heartbeat, IReadOnlyList<IPNetwork> Allowed)
{
    /// <summary>The scheme in <c>connect:</c>.</summary>
    public const string Scheme = "listen";

    /// <summary>What an address looks like, for messages.</summary>
    public const string Form = "listen://127.0.0.1:15100?id=DTU-0001";

    /// <summary>The most bytes of an id and of a heartbeat.</summary>
    public const int MaxBytes = 64;

    /// <summary>True if a device may dial in from there.</summary>
    public bool Allows(IPAddress source)
    {
        if (source.IsIPv4MappedToIPv6) source = source.MapToIPv4();
        return Allowed.Count == 0 ? IPAddress.IsLoopback(source) : Allowed.Any(network => network.Contains(source));
    }

    /// <summary>
    /// True if these bytes may stand behind the id: line ends, and heartbeats, the last of which may be on its way. With anything else it was the start of another id.
    /// </summary>
    public bool IsTrail(ReadOnlySpan<byte> behind)
    {
        while (!behind.IsEmpty)
        {
            if (behind[0] is (byte)'\r' or (byte)'\n' or 0) behind = behind[1..];
            else if (Heartbeat.Length > 0 && behind.StartsWith(Heartbeat)) behind = behind[Heartbeat.Length..];
            else return Heartbeat.AsSpan().StartsWith(behind);
        }
        return true;
    }

    /// <summary>Reads an address of scheme <see cref="Scheme"/>; null if anything in it is wrong, and then <paramref name="expected"/> says what would be right.</summary>
    public static DialInAddress? Parse(Uri connect, out string expected)
    {
        expected = $"{Form}: an address of this computer, a port from 1 to 65535 and an id";
        if (!IPAddress.TryParse(connect.Host, out var host) || connect.Port is < 1 or > 65535 || connect.UserInfo.Length > 0 || connect.Fragment.Length > 0
            || connect.AbsolutePath is not ("" or "/")) return null;
        var address = new DialInAddress(new IPEndPoint(host, connect.Port), [], [], []);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in connect.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = pair.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? (pair[..at], Uri.UnescapeDataString(pair[(at + 1)..])) : (pair, "");
            expected = $"{key} once";
            if (!seen.Add(key) || address.With(key, value, out expected) is not { } more) return null;
            address = more;
        }
        expected = "id, the first bytes that the device sends, as text or as 0x and hexadecimal digits";
        if (address.Id.Length == 0) return null;
        expected = $"allow, the addresses from which devices may come, such as allow=10.0.0.0/8: {host} can be reached from elsewhere";
        return address.Allowed.Count == 0 && !IPAddress.IsLoopback(host) ? null : address;
    }

    private DialInAddress? With(string key, string value, out string expected)
    {
        switch (key)
        {
            case "id" or "heartbeat":
                expected = $"{key} as text, or as 0x and hexadecimal digits, 1 to {MaxBytes} bytes";
                if (BytesOf(value) is not { Length: > 0 and <= MaxBytes } bytes) return null;
                return key == "id" ? this with { Id = bytes } : this with { Heartbeat = bytes };
            case "allow":
                expected = "allow as networks behind commas, such as 10.0.0.0/8,192.168.7.20/32";
                var networks = new List<IPNetwork>();
                foreach (var part in value.Split(','))
                {
                    if (!IPNetwork.TryParse(part, out var network)) return null;
                    networks.Add(network);
                }
                return this with { Allowed = networks };
            default:
                expected = "only id, heartbeat and allow behind the question mark";
                return null;
        }
    }

    private static byte[]? BytesOf(string text)
    {
        if (!text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) return Encoding.UTF8.GetBytes(text);
        var digits = text[2..];
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
    }

    /// <summary>An id for people: text if it is some, else hexadecimal digits.</summary>
    public static string TextOf(ReadOnlySpan<byte> id)
    {
        foreach (var one in id)
            if (one is < 0x20 or > 0x7E) return string.Create(CultureInfo.InvariantCulture, $"0x{Convert.ToHexString(id)}");
        return Encoding.ASCII.GetString(id);
    }
}
