using System.Globalization;

namespace EdgeGateway.Drivers;

/// <summary>A serial port in <c>connect:</c>: <c>serial:///dev/ttyUSB0?baud=9600&amp;format=8N1</c>.</summary>
/// <param name="Path">The device file, absolute; on Windows the port's name behind a slash, <c>/COM3</c>.</param>
/// <param name="Baud">Bits per second; 9600 unless said otherwise.</param>
/// <param name="DataBits">7 or 8.</param>
/// <param name="Parity"><c>N</c> none, <c>E</c> even, <c>O</c> odd.</param>
/// <param name="StopBits">1 or 2.</param>
/// <param name="Dtr">Whether the line DTR is raised; null leaves it as opening the port sets it.</param>
/// <param name="Rts">Whether the line RTS is raised; null leaves it as opening the port sets it.</param>
public sealed record SerialAddress(string Path, int Baud, int DataBits, char Parity, int StopBits, bool? Dtr, bool? Rts)
{
    /// <summary>True if the system's driver switches the direction of RS-485 by RTS.</summary>
    public bool IsRs485 { get; init; }

    /// <summary>True if System.IO.Ports drives the port although this system has something better.</summary>
    public bool IsByPorts { get; init; }

    /// <summary>The name by which the system knows the port.</summary>
    public string PortName => OperatingSystem.IsWindows() ? Path.TrimStart('/') : Path;

    /// <summary>The scheme in <c>connect:</c>.</summary>
    public const string Scheme = "serial";

    /// <summary>What an address looks like, for messages.</summary>
    public const string Form = "serial:///dev/ttyUSB0?baud=9600&format=8N1";

    /// <summary>The speeds a port can be set to.</summary>
    public static IReadOnlyList<int> Speeds { get; } =
        [300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000];

    /// <summary>Start bit, data, parity and stop bits of one character.</summary>
    public int CharacterBits => 1 + DataBits + (Parity == 'N' ? 0 : 1) + StopBits;

    /// <summary>How long one character takes on the wire.</summary>
    public TimeSpan CharacterTime => TimeSpan.FromSeconds((double)CharacterBits / Baud);

    /// <summary>The silence between frames: 3.5 characters of 11 bits, 1.75 ms above 19200 (Modbus over Serial Line V1.02, 2.5.1.1).</summary>
    public TimeSpan FrameSilence => Baud > 19200 ? TimeSpan.FromMilliseconds(1.75) : TimeSpan.FromSeconds(3.5 * 11 / Baud);

    /// <summary>Reads an address of scheme <see cref="Scheme"/>; null if anything in it is wrong, and then <paramref name="expected"/> says what would be right.</summary>
    public static SerialAddress? Parse(Uri connect, out string expected)
    {
        expected = $"{Form}, with the absolute path of the port and nothing else in it";
        if (connect.Host.Length > 0 || connect.UserInfo.Length > 0 || connect.Fragment.Length > 0 || connect.AbsolutePath.Length < 2) return null;
        var address = new SerialAddress(Uri.UnescapeDataString(connect.AbsolutePath), 9600, 8, 'N', 1, null, null);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in connect.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = pair.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? (pair[..at], pair[(at + 1)..]) : (pair, "");
            if (!seen.Add(key))
            {
                expected = $"{key} once";
                return null;
            }
            if (address.With(key, value, out expected) is not { } more) return null;
            address = more;
        }
        if (address is { IsRs485: true, IsByPorts: true })
        {
            expected = "rs485=on without transport=ports, which cannot switch the direction";
            return null;
        }
        return address;
    }

    private SerialAddress? With(string key, string value, out string expected)
    {
        switch (key)
        {
            case "baud":
                expected = $"baud one of {string.Join(", ", Speeds)}";
                return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var baud) && Speeds.Contains(baud) ? this with { Baud = baud } : null;
            case "format":
                expected = "format as 8N1: 7 or 8 data bits, parity N, E or O, 1 or 2 stop bits";
                return value.Length == 3 && value[0] is '7' or '8' && char.ToUpperInvariant(value[1]) is 'N' or 'E' or 'O' && value[2] is '1' or '2'
                    ? this with { DataBits = value[0] - '0', Parity = char.ToUpperInvariant(value[1]), StopBits = value[2] - '0' }
                    : null;
            case "dtr" or "rts":
                expected = $"{key} on or off";
                if (value is not ("on" or "off")) return null;
                return key == "dtr" ? this with { Dtr = value == "on" } : this with { Rts = value == "on" };
            case "rs485":
                expected = "rs485=on, or nothing of it";
                return value == "on" ? this with { IsRs485 = true } : null;
            case "transport":
                expected = "transport=ports, or nothing of it for what suits the system";
                return value == "ports" ? this with { IsByPorts = true } : null;
            default:
                expected = "only baud, format, dtr, rts, rs485 and transport behind the question mark";
                return null;
        }
    }
}
