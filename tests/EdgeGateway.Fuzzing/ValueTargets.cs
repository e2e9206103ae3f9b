using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Fuzzing;

/// <summary>What a device says inside a frame that is right: any type of value out of any bits.</summary>
internal static class ValueTargets
{
    private const int LongestText = 240;

    private static readonly RegisterType[] Types = [.. Enum.GetValues<RegisterType>().Where(type => type != RegisterType.Bool)];
    private static readonly WordOrder[] Orders = [.. PointColumnReader.Orders.Select(named => named.Order).Distinct()];
    private static readonly ItemFormat[] Formats = [.. FormatTexts().OfType<ItemFormat>()];

    /// <summary>Type, order, length of a text, then the registers.</summary>
    public static FuzzTarget Registers { get; } = new("registers",
        () => Types.Select((_, type) => (byte[])[(byte)type, (byte)(type % Orders.Length), 6, 0x26, 0x11, 0x23, 0x10, 0x59, 0x07, 0xFF, 0xF0]), TakeRegisters);

    /// <summary>Format, then the bytes.</summary>
    public static FuzzTarget MeterItems { get; } = new("dlt645-items", () => Formats.Select((_, format) => (byte[])[(byte)format, 0x59, 0x12, 0x26, 0x11, 0x09, 0x80]), TakeItem);

    private static void TakeRegisters(byte[] bytes)
    {
        if (bytes.Length < 3) return;
        var (type, order, length) = (Types[bytes[0] % Types.Length], Orders[bytes[1] % Orders.Length], bytes[2] % LongestText + 1);
        if (order != WordOrder.BigEndian && !PointColumnReader.Bears(type, order)) return;
        var point = new ModbusPoint { Signal = "fuzz", Area = ModbusArea.Holding, Address = 0, Type = type, Length = length };
        Span<byte> registers = stackalloc byte[2 * point.Size];
        bytes.AsSpan(3, Math.Min(registers.Length, bytes.Length - 3)).CopyTo(registers);
        Judge(point.IsText ? RegisterText.Read(type, order, type == RegisterType.Raw ? registers.Length : length, registers) : RegisterCodec.Number(type, order, registers), point.IsText);
    }

    private static void TakeItem(byte[] bytes)
    {
        if (bytes.Length < 1) return;
        var format = Formats[bytes[0] % Formats.Length];
        Span<byte> item = stackalloc byte[format.Bytes];
        bytes.AsSpan(1, Math.Min(item.Length, bytes.Length - 1)).CopyTo(item);
        var isText = format.Kind is ItemKind.Digits or ItemKind.Time;
        Judge(isText ? format.Words(item) : format.Number(item), isText);
    }

    /// <summary>A value is good and of its kind, or it is not there and a reason is.</summary>
    private static void Judge(Sample sample, bool isText)
    {
        if (sample.Quality != Quality.Good) BrokenInvariantException.Unless(sample.Value == default, $"{sample.Quality} with a value");
        else BrokenInvariantException.Unless((sample.Value.Kind == SampleKind.Text) == isText, $"a good value of kind {sample.Value.Kind}");
    }

    private static IEnumerable<ItemFormat?> FormatTexts()
    {
        foreach (var text in (string[])["XX", "XXXX", "XXX.X", "XXXXXX.XX", "XX.XXXX", "XXXXXXXXXXXXXX.XXXX"])
        {
            yield return ItemFormat.Parse(text, isSigned: false);
            yield return ItemFormat.Parse(text, isSigned: true);
        }
        foreach (var text in (string[])["HH", "HHHHHHHHHHHHHH", "NNNNNNNNNNNN", "YYMMDDhhmmss", "YYMMDDWW", "hhmmss", "MMDDhhmm"]) yield return ItemFormat.Parse(text, isSigned: false);
    }
}
