using System.Globalization;

namespace EdgeGateway.PlantSimulator;

/// <summary>The clocks of devices: how they stand in registers, and what a gateway makes of them.</summary>
internal static class ClockEncoding
{
    /// <summary>Writes a time that is no number of seconds.</summary>
    /// <param name="registers">Exactly as many as the type has.</param>
    /// <param name="point">Its type and order.</param>
    /// <param name="utcMs">Unix milliseconds; the device's clock runs at UTC.</param>
    public static void Write(Span<ushort> registers, SimulatedPoint point, long utcMs)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(utcMs);
        byte[] bytes = point.Type switch
        {
            PointType.BcdTime => Convert.FromHexString(now.ToString("yyMMddHHmmss", CultureInfo.InvariantCulture)),
            PointType.SixWordTime => [(byte)(now.Year >> 8), (byte)now.Year, 0, (byte)now.Month, 0, (byte)now.Day, 0, (byte)now.Hour, 0, (byte)now.Minute, 0, (byte)now.Second],
            _ => Iec870(now),
        };
        for (var i = 0; i < registers.Length; i++) registers[i] = RegisterEncoding.Word(bytes[2 * i], bytes[2 * i + 1], point.Order);
    }

    /// <summary>The time as text, to the digits that the type carries.</summary>
    public static string TextOf(PointType type, long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs).ToString(type switch
    {
        PointType.UnixTime => "yyyy-MM-dd'T'HH:mm:ss'Z'",
        PointType.Iec870Time => "yyyy-MM-dd'T'HH:mm:ss.fff",
        _ => "yyyy-MM-dd'T'HH:mm:ss",
    }, CultureInfo.InvariantCulture);

    // IEC 60870-5-4, 6.8: the weekday stands in the upper bits of the day, Monday is 1.
    private static byte[] Iec870(DateTimeOffset now)
    {
        var milliseconds = now.Second * 1000 + now.Millisecond;
        var weekday = now.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)now.DayOfWeek;
        return [0, (byte)(now.Year % 100), (byte)now.Month, (byte)(weekday << 5 | now.Day), (byte)now.Hour, (byte)now.Minute, (byte)(milliseconds >> 8), (byte)milliseconds];
    }
}
