namespace EdgeGateway.Drivers.Framing;

/// <summary>The check of RTU frames (Modbus over Serial Line V1.02, 2.5.1.2): polynomial A001 reflected, start FFFF, low byte first on the wire.</summary>
internal static class Crc16
{
    private static readonly ushort[] Table = [.. Enumerable.Range(0, 256).Select(value => OfByte((byte)value))];

    /// <summary>The check of <paramref name="bytes"/>.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes)
    {
        ushort crc = 0xFFFF;
        foreach (var one in bytes) crc = (ushort)(crc >> 8 ^ Table[(byte)(crc ^ one)]);
        return crc;
    }

    private static ushort OfByte(byte value)
    {
        ushort crc = value;
        for (var bit = 0; bit < 8; bit++) crc = (ushort)((crc & 1) != 0 ? crc >> 1 ^ 0xA001 : crc >> 1);
        return crc;
    }
}
