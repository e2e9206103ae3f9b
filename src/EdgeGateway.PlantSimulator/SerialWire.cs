using System.Globalization;
using System.Text;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// The slaves' side of frames on serial lines (Modbus over Serial Line V1.02, 2.5): questions in, answers out. Written from the standard
/// and apart from the drivers' codecs.
/// </summary>
internal abstract class SerialWire
{
    /// <summary>The most bytes a question may have on the wire.</summary>
    public const int MaxFrame = 513;

    /// <summary>RTU: binary, CRC-16.</summary>
    public static SerialWire Rtu { get; } = new RtuWire();

    /// <summary>ASCII: hexadecimal digits between colon and CR LF, LRC.</summary>
    public static SerialWire Ascii { get; } = new AsciiWire();

    /// <summary>The last bytes of a frame without which it is not whole: the CRC's second byte; CR LF, of which CR alone would do.</summary>
    public abstract int EndBytes { get; }

    /// <summary>The frame around unit and PDU.</summary>
    /// <param name="content">Unit and PDU.</param>
    /// <param name="isCheckRight">False to spoil the check.</param>
    public abstract byte[] Encode(ReadOnlySpan<byte> content, bool isCheckRight = true);

    /// <summary>Takes the first whole question out of <paramref name="received"/>, with everything before it; null if there is none yet.</summary>
    /// <returns>Unit and PDU.</returns>
    public abstract byte[]? TakeQuestion(List<byte> received);

    private sealed class RtuWire : SerialWire
    {
        public override int EndBytes => 1;

        public override byte[] Encode(ReadOnlySpan<byte> content, bool isCheckRight = true)
        {
            var check = Check(content) ^ (isCheckRight ? 0 : 0x0100);
            return [.. content, (byte)check, (byte)(check >> 8)];
        }

        public override byte[]? TakeQuestion(List<byte> received)
        {
            while (received.Count >= 8)
            {
                // 15 and 16 carry data behind a byte count; everything else a master asks here has eight bytes.
                var length = received[1] is 15 or 16 ? 9 + received[6] : 8;
                if (received.Count < length) return null;
                var frame = received.Take(length).ToArray();
                if (Check(frame) == 0)
                {
                    received.RemoveRange(0, length);
                    return frame[..^2];
                }
                received.RemoveAt(0);
            }
            return null;
        }

        // 2.5.1.2, bit by bit as in the standard's flow chart. Over a frame with its own check it is 0.
        private static int Check(ReadOnlySpan<byte> bytes)
        {
            var register = 0xFFFF;
            foreach (var one in bytes)
            {
                register ^= one;
                for (var shift = 0; shift < 8; shift++)
                {
                    var carry = register & 1;
                    register >>= 1;
                    if (carry == 1) register ^= 0xA001;
                }
            }
            return register;
        }
    }

    private sealed class AsciiWire : SerialWire
    {
        public override int EndBytes => 2;

        public override byte[] Encode(ReadOnlySpan<byte> content, bool isCheckRight = true)
        {
            var text = new StringBuilder(":");
            foreach (var one in content) text.Append(CultureInfo.InvariantCulture, $"{one:X2}");
            var check = (byte)(Check(content) ^ (isCheckRight ? 0 : 1));
            return Encoding.ASCII.GetBytes(text.Append(CultureInfo.InvariantCulture, $"{check:X2}\r\n").ToString());
        }

        public override byte[]? TakeQuestion(List<byte> received)
        {
            while (true)
            {
                var end = received.IndexOf((byte)'\n');
                if (end < 0) return null;
                var line = Encoding.ASCII.GetString([.. received.Take(end)]).TrimEnd('\r');
                received.RemoveRange(0, end + 1);
                var digits = line[(line.LastIndexOf(':') + 1)..];
                if (digits.Length < 6 || digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit)) continue;
                var bytes = Convert.FromHexString(digits);
                if (Check(bytes) == 0) return bytes[..^1];
            }
        }

        private static byte Check(ReadOnlySpan<byte> bytes)
        {
            var sum = 0;
            foreach (var one in bytes) sum += one;
            return (byte)(256 - (sum & 0xFF));
        }
    }
}
