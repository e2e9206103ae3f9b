using System.Globalization;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>The map columns that all kinds of Modbus share, and what is refused in them.</summary>
internal static class PointColumnReader
{
    private const int AddressSpace = 65536;
    private const int MaxTextLength = 120;

    private static readonly Dictionary<string, ModbusArea?> Areas = new()
    {
        ["coil"] = ModbusArea.Coil,
        ["discrete"] = ModbusArea.Discrete,
        ["holding"] = ModbusArea.Holding,
        ["input"] = ModbusArea.Input,
        ["0x"] = ModbusArea.Coil,
        ["1x"] = ModbusArea.Discrete,
        ["3x"] = ModbusArea.Input,
        ["4x"] = ModbusArea.Holding,
        ["1"] = ModbusArea.Coil,
        ["2"] = ModbusArea.Discrete,
        ["3"] = ModbusArea.Holding,
        ["4"] = ModbusArea.Input,
    };

    private static readonly Dictionary<string, RegisterType?> TypeNames = new()
    {
        ["bool"] = RegisterType.Bool,
        ["int8-high"] = RegisterType.Int8High,
        ["int8-low"] = RegisterType.Int8Low,
        ["uint8-high"] = RegisterType.UInt8High,
        ["uint8-low"] = RegisterType.UInt8Low,
        ["int16"] = RegisterType.Int16,
        ["uint16"] = RegisterType.UInt16,
        ["sign16"] = RegisterType.SignMagnitude16,
        ["int32"] = RegisterType.Int32,
        ["uint32"] = RegisterType.UInt32,
        ["int64"] = RegisterType.Int64,
        ["uint64"] = RegisterType.UInt64,
        ["float16"] = RegisterType.Float16,
        ["float32"] = RegisterType.Float32,
        ["float64"] = RegisterType.Float64,
        ["bcd16"] = RegisterType.Bcd16,
        ["bcd32"] = RegisterType.Bcd32,
        ["bcd64"] = RegisterType.Bcd64,
        ["m10k32"] = RegisterType.Mod10K32,
        ["m10k48"] = RegisterType.Mod10K48,
        ["m10k64"] = RegisterType.Mod10K64,
        ["string"] = RegisterType.Text,
        ["ascii"] = RegisterType.AsciiText,
        ["gbk"] = RegisterType.GbkText,
        ["char-high"] = RegisterType.HighCharacters,
        ["char-low"] = RegisterType.LowCharacters,
        ["time-bcd"] = RegisterType.BcdTime,
        ["time-6"] = RegisterType.SixWordTime,
        ["time-iec870"] = RegisterType.Iec870Time,
        ["time-unix"] = RegisterType.UnixTime,
    };

    private static readonly Dictionary<string, WordOrder?> OrderNames = new()
    {
        ["ABCD"] = WordOrder.BigEndian,
        ["CDAB"] = WordOrder.WordSwap,
        ["BADC"] = WordOrder.ByteSwap,
        ["DCBA"] = WordOrder.LittleEndian,
        ["CDABGHEF"] = WordOrder.WordSwapInHalves,
        ["EFGHABCD"] = WordOrder.HalfSwap,
    };

    /// <summary>The columns.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["area", "address", "type", "order", "bit", "bits", "length", "invalid"];

    /// <summary>The names of all types.</summary>
    public static IReadOnlyCollection<string> Types => TypeNames.Keys;

    /// <summary>The names of all orders.</summary>
    public static IEnumerable<(string Label, WordOrder Order)> Orders =>
        OrderNames.Select(pair => (pair.Key, pair.Value.GetValueOrDefault()));

    /// <summary>True if a type can be laid in an order.</summary>
    public static bool Bears(RegisterType type, WordOrder order)
    {
        if (type is RegisterType.Bool or RegisterType.Raw
            or RegisterType.Int8High or RegisterType.Int8Low or RegisterType.UInt8High or RegisterType.UInt8Low) return false;
        if (order is WordOrder.BigEndian or WordOrder.ByteSwap) return true;
        if (!ModbusPoint.HasWords(type)) return false;
        return (order & WordOrder.HalfSwap) == 0 || ModbusPoint.SizeOf(type, 0) == 4;
    }

    /// <summary>The point in the words of a map.</summary>
    public static string Describe(ModbusPoint point)
    {
        var area = Areas.First(pair => pair.Value == point.Area).Key;
        if (point.IsBitArea) return $"{area} {point.Address}";
        var text = $"{area} {point.Address} {(point.Type == RegisterType.Raw ? "raw" : TypeNames.First(pair => pair.Value == point.Type).Key)}";
        if (point.Type == RegisterType.Bool) text += $" bit {point.Bit}";
        if (point.FieldBits > 0) text += $" bits {point.Bit}..{point.Bit + point.FieldBits - 1}";
        return point.Order is { } order && point.Type != RegisterType.Raw ? $"{text} {OrderNames.First(pair => pair.Value == order).Key}" : text;
    }

    /// <summary>Reads a point; reports every fault to the row and returns null if there was one.</summary>
    public static ModbusPoint? Read(string signal, SettingRow row)
    {
        var area = Required(row, "area", Areas, "one of coil, discrete, holding, input", "say in which table of the device the point is");
        var type = ReadType(row, area);
        var address = row.Whole("address", -1, 0, AddressSpace - 1);
        if (row.Text("address") is null)
            row.Refuse("address", "nothing", "a whole number from 0 to 65535, counted from 0", "write the protocol address of the point");
        var length = ReadLength(row, type);
        var bit = ReadBit(row, area, type);
        var (low, fieldBits) = ReadField(row, type);
        var order = ReadOrder(row, type);
        var markers = ReadMarkers(row, type);
        if (row.HasFaults || area is null || type is null) return null;

        var point = new ModbusPoint
        {
            Signal = signal,
            Area = area.Value,
            Address = address,
            Type = type.Value,
            Order = order,
            Bit = fieldBits > 0 ? low : bit,
            FieldBits = fieldBits,
            Length = length,
            Markers = markers,
            MarkerWords = markers is null ? null : row.Text("invalid"),
        };
        if (point.End > AddressSpace)
        {
            row.Refuse("address", row.Text("address")!, // not null: its absence was refused above
                $"at most {AddressSpace - point.Size}: the point covers {point.Size} registers and addresses end at 65535", "correct address or type");
            return null;
        }
        return point;
    }

    private static RegisterType? ReadType(SettingRow row, ModbusArea? area)
    {
        var isBits = area is ModbusArea.Coil or ModbusArea.Discrete;
        if (isBits && row.Text("type") is null) return RegisterType.Bool;
        var type = Required(row, "type", TypeNames, $"one of {string.Join(", ", TypeNames.Keys)}", "say what the registers hold");
        if (isBits && type is not (null or RegisterType.Bool))
            row.Refuse("type", row.Text("type")!, // not null: it was read
                "bool: coils and discrete inputs are single bits", "correct type, or take area holding or input");
        return type;
    }

    private static int ReadLength(SettingRow row, RegisterType? type)
    {
        var text = row.Text("length");
        var isText = type is RegisterType.Text or RegisterType.AsciiText or RegisterType.GbkText or RegisterType.HighCharacters or RegisterType.LowCharacters;
        if (isText && text is null)
            row.Refuse("length", "nothing", $"the number of characters, 1 to {MaxTextLength}", "say how long the string is");
        if (type is not null && !isText && text is not null)
            row.Refuse("length", text, "nothing: only a text has a length", "empty length, or take type string, ascii, gbk, char-high or char-low");
        return row.Whole("length", 0, 1, MaxTextLength);
    }

    private static int ReadBit(SettingRow row, ModbusArea? area, RegisterType? type)
    {
        var text = row.Text("bit");
        var isRegister = area is ModbusArea.Holding or ModbusArea.Input;
        if (isRegister && type == RegisterType.Bool && text is null)
            row.Refuse("bit", "nothing", "which bit of the register, 0 (least significant) to 15", "say which bit the point is");
        if (type is not (null or RegisterType.Bool) && text is not null)
            row.Refuse("bit", text, "nothing: only a bool has a bit", "empty bit, take type bool, or write several bits of a number into bits");
        else if (area is not null && !isRegister && text is not null)
            row.Refuse("bit", text, "nothing: a coil or discrete input is one bit already", "empty bit");
        return row.Whole("bit", 0, 0, 15);
    }

    private static (int Low, int Count) ReadField(SettingRow row, RegisterType? type)
    {
        if (row.Text("bits") is not { } text || type is null) return default;
        if (type is not (RegisterType.UInt16 or RegisterType.UInt32))
        {
            row.Refuse("bits", text, "nothing: only uint16 and uint32 have fields of bits", "empty bits, or take type uint16 or uint32");
            return default;
        }
        var highest = type == RegisterType.UInt16 ? 15 : 31;
        var parts = text.Split("..");
        // A spreadsheet program makes a date of 3-5; 3..5 it leaves alone.
        if (parts.Length != 2) parts = text.Split('-');
        if (parts.Length == 2 && IsWhole(parts[0], out var low) && IsWhole(parts[1], out var high) && low <= high && high <= highest)
            return (low, high - low + 1);
        row.Refuse("bits", text, $"the lowest and the highest bit of the field, such as 3..5 or 3-5, 0 (least significant) to {highest}", "correct bits");
        return default;
    }

    private static bool IsWhole(string text, out int number) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static WordOrder? ReadOrder(SettingRow row, RegisterType? type)
    {
        var order = row.OneOf("order", null, OrderNames);
        if (order is null || type is null || Bears(type.Value, order.Value)) return order;
        var (expected, fix) = type.Value switch
        {
            RegisterType.Bool => ("nothing: a bit has no order", "empty order"),
            _ when !Bears(type.Value, WordOrder.ByteSwap) => ("nothing: half a register has no order", "empty order"),
            var other when ModbusPoint.HasWords(other) => ("ABCD, CDAB, BADC or DCBA: only numbers of four registers have the other orders", "correct or empty order"),
            _ => ("ABCD, or BADC for exchanged bytes: one register or text has no words to exchange", "correct or empty order"),
        };
        row.Refuse("order", row.Text("order")!, expected, fix); // not null: it was read
        return order;
    }

    private static ulong[]? ReadMarkers(SettingRow row, RegisterType? type)
    {
        if (row.Text("invalid") is not { } text || type is null) return null;
        if (!MarkerText.Has(type.Value))
        {
            row.Refuse("invalid", text, "nothing: only numbers have markers", "empty invalid");
            return null;
        }
        var markers = new List<ulong>();
        foreach (var word in text.Split([' ', '|'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (MarkerText.TryParse(word, type.Value, out var bits, out var expected)) markers.Add(bits);
            else row.Refuse("invalid", word, expected, "correct invalid");
        }
        return [.. markers];
    }

    private static T? Required<T>(SettingRow row, string key, Dictionary<string, T?> choices, string expected, string fix) where T : struct
    {
        if (row.Text(key) is not null) return row.OneOf(key, null, choices);
        row.Refuse(key, "nothing", expected, fix);
        return null;
    }
}
