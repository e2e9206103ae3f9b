namespace EdgeGateway.PlantSimulator;

/// <summary>The meters' side of DL/T 645 frames: questions in, replies out. Written from the standard and apart from the drivers' codec.</summary>
internal static class MeterWire
{
    /// <summary>The six bytes of a meter's address, lowest digits first.</summary>
    public static byte[] AddressBytes(string address) => [.. Convert.FromHexString(address).Reverse()];

    /// <summary>True if <paramref name="asked"/>, six bytes that may be AA, means the meter.</summary>
    public static bool IsMeant(byte[] asked, string address) => asked.Zip(AddressBytes(address)).All(pair => pair.First == 0xAA || pair.First == pair.Second);

    /// <summary>A frame.</summary>
    /// <param name="address">Six bytes.</param>
    /// <param name="control">The control code.</param>
    /// <param name="data">The data before 33H is added.</param>
    /// <param name="preamble">How many FE stand in front.</param>
    /// <param name="length">What stands for the length; the right one if null.</param>
    /// <param name="isCheckRight">False to spoil the check.</param>
    public static byte[] Encode(byte[] address, byte control, byte[] data, int preamble = 4, int? length = null, bool isCheckRight = true)
    {
        List<byte> frame = [0x68, .. address, 0x68, control, (byte)(length ?? data.Length), .. data.Select(one => (byte)((one + 0x33) % 256))];
        var sum = frame.Aggregate(0, (total, one) => total + one) % 256;
        return [.. Enumerable.Repeat((byte)0xFE, preamble), .. frame, (byte)(isCheckRight ? sum : sum ^ 1), 0x16];
    }

    /// <summary>Takes the first whole question out of <paramref name="received"/>, with everything before it; null if there is none yet.</summary>
    public static (byte[] Address, byte Control, byte[] Data)? TakeQuestion(List<byte> received)
    {
        for (var at = 0; at + 12 <= received.Count; at++)
        {
            if (received[at] != 0x68 || received[at + 7] != 0x68) continue;
            var end = at + 10 + received[at + 9];
            if (end + 2 > received.Count || received[end + 1] != 0x16) continue;
            var sum = 0;
            for (var i = at; i < end; i++) sum += received[i];
            if (received[end] != sum % 256) continue;
            byte[] address = [.. received.GetRange(at + 1, 6)];
            byte[] data = [.. received.GetRange(at + 10, end - at - 10).Select(one => (byte)((one + 256 - 0x33) % 256))];
            var control = received[at + 8];
            received.RemoveRange(0, end + 2);
            return (address, control, data);
        }
        return null;
    }
}
