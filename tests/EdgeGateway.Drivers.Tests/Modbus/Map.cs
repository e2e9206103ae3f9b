using System.Collections.Immutable;
using System.Globalization;
using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Drivers.Tests.Modbus;

/// <summary>
/// Points in short: <c>h10</c> a holding register, <c>i</c> input, <c>c</c> coil, <c>d</c> discrete; <c>h10*2</c> and <c>h10*4</c> a uint32 and a
/// uint64, <c>h10.3</c> bit 3, <c>h10$20</c> a string of 20 characters.
/// </summary>
internal static class Map
{
    public static ImmutableArray<DevicePoint> Points(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Point)];

    public static DevicePoint Point(string text)
    {
        var marker = text.IndexOfAny(['*', '.', '$']);
        var address = int.Parse(marker < 0 ? text[1..] : text[1..marker], CultureInfo.InvariantCulture);
        var number = marker < 0 ? 0 : int.Parse(text[(marker + 1)..], CultureInfo.InvariantCulture);
        var area = text[0] switch { 'c' => ModbusArea.Coil, 'd' => ModbusArea.Discrete, 'h' => ModbusArea.Holding, _ => ModbusArea.Input };
        var type = (area, marker < 0 ? ' ' : text[marker], number) switch
        {
            (ModbusArea.Coil or ModbusArea.Discrete, _, _) or (_, '.', _) => RegisterType.Bool,
            (_, '*', 2) => RegisterType.UInt32,
            (_, '*', _) => RegisterType.UInt64,
            (_, '$', _) => RegisterType.Text,
            _ => RegisterType.UInt16,
        };
        return new ModbusPoint
        {
            Signal = $"s{address}",
            Area = area,
            Address = address,
            Type = type,
            Bit = type == RegisterType.Bool ? number : 0,
            Length = type == RegisterType.Text ? number : 0,
        };
    }

    public static PollGroup Group(string points, ModbusDevice? device = null) =>
        new("device/group", device ?? new ModbusDevice(), TimeSpan.FromSeconds(1), Points(points));

    /// <summary>A plan in short: <c>h10+4(0,2)</c> asks four holding registers from 10 for two points from index 0.</summary>
    public static string Text(IEnumerable<ReadRequest> plan) =>
        string.Join(' ', plan.Select(r => $"{char.ToLowerInvariant(r.Area.ToString()[0])}{r.Address}+{r.Quantity}({r.First},{r.Count})"));
}
