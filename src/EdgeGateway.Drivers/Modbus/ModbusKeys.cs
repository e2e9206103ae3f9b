namespace EdgeGateway.Drivers.Modbus;

/// <summary>The device keys and map columns that all kinds of Modbus share, and what is refused in them.</summary>
internal static class ModbusKeys
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

    private static readonly Dictionary<string, RegisterType?> Types = new()
    {
        ["bool"] = RegisterType.Bool,
        ["int16"] = RegisterType.Int16,
        ["uint16"] = RegisterType.UInt16,
        ["int32"] = RegisterType.Int32,
        ["uint32"] = RegisterType.UInt32,
        ["int64"] = RegisterType.Int64,
        ["uint64"] = RegisterType.UInt64,
        ["float32"] = RegisterType.Float32,
        ["float64"] = RegisterType.Float64,
        ["bcd16"] = RegisterType.Bcd16,
        ["bcd32"] = RegisterType.Bcd32,
        ["string"] = RegisterType.Text,
    };

    private static readonly Dictionary<string, WordOrder?> Orders = new()
    {
        ["ABCD"] = WordOrder.BigEndian,
        ["CDAB"] = WordOrder.WordSwap,
        ["BADC"] = WordOrder.ByteSwap,
        ["DCBA"] = WordOrder.LittleEndian,
    };

    private static readonly Dictionary<string, bool> YesNo = new() { ["yes"] = true, ["no"] = false, ["true"] = true, ["false"] = false };

    /// <summary>The keys of a device on Modbus TCP.</summary>
    public static IReadOnlyList<string> TcpDevice { get; } =
        ["unit", "timeout", "max-registers", "max-bits", "max-gap", "word-order", "single-reads"];

    /// <summary>The keys of a device behind serial frames.</summary>
    public static IReadOnlyList<string> SerialDevice { get; } = [.. TcpDevice, "quiet"];

    /// <summary>The columns of a map.</summary>
    public static IReadOnlyList<string> Point { get; } = ["area", "address", "type", "order", "bit", "length"];

    /// <summary>Reads a device's keys.</summary>
    /// <param name="row">The keys.</param>
    /// <param name="isSerial">True for RTU and ASCII: unit 0 is everybody there and answers nobody, and registers read along cost time.</param>
    public static ModbusDevice? ReadDevice(SettingRow row, bool isSerial)
    {
        var device = new ModbusDevice
        {
            Unit = (byte)row.Whole("unit", 1, isSerial ? 1 : 0, 255),
            Timeout = row.Duration("timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(60)),
            MaxRegisters = row.Whole("max-registers", ModbusDevice.ProtocolMaxRegisters, 1, ModbusDevice.ProtocolMaxRegisters),
            MaxBits = row.Whole("max-bits", ModbusDevice.ProtocolMaxBits, 1, ModbusDevice.ProtocolMaxBits),
            MaxGap = row.Whole("max-gap", isSerial ? 8 : 32, 0, ModbusDevice.ProtocolMaxRegisters - 1),
            WordOrder = row.OneOf("word-order", WordOrder.BigEndian, Orders) ?? WordOrder.BigEndian,
            SingleReads = row.OneOf("single-reads", false, YesNo),
            Quiet = isSerial ? row.Duration("quiet", TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)) : TimeSpan.Zero,
        };
        return row.HasFaults ? null : device;
    }

    /// <summary>Reads a point's columns.</summary>
    public static ModbusPoint? ReadPoint(string signal, SettingRow row)
    {
        var area = Required(row, "area", Areas, "one of coil, discrete, holding, input", "say in which table of the device the point is");
        var type = ReadType(row, area);
        var address = row.Whole("address", -1, 0, AddressSpace - 1);
        if (row.Text("address") is null)
            row.Refuse("address", "nothing", "a whole number from 0 to 65535, counted from 0", "write the protocol address of the point");
        var length = ReadLength(row, type);
        var bit = ReadBit(row, area, type);
        var order = ReadOrder(row, type);
        if (row.HasFaults || area is null || type is null) return null;

        var point = new ModbusPoint
        {
            Signal = signal,
            Area = area.Value,
            Address = address,
            Type = type.Value,
            Order = order,
            Bit = bit,
            Length = length,
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
        var type = Required(row, "type", Types, $"one of {string.Join(", ", Types.Keys)}", "say what the registers hold");
        if (isBits && type is not (null or RegisterType.Bool))
            row.Refuse("type", row.Text("type")!, // not null: it was read
                "bool: coils and discrete inputs are single bits", "correct type, or take area holding or input");
        return type;
    }

    private static int ReadLength(SettingRow row, RegisterType? type)
    {
        var text = row.Text("length");
        if (type == RegisterType.Text && text is null)
            row.Refuse("length", "nothing", $"the number of characters, 1 to {MaxTextLength}", "say how long the string is");
        if (type is not (null or RegisterType.Text) && text is not null)
            row.Refuse("length", text, "nothing: only a string has a length", "empty length, or take type string");
        return row.Whole("length", 0, 1, MaxTextLength);
    }

    private static int ReadBit(SettingRow row, ModbusArea? area, RegisterType? type)
    {
        var text = row.Text("bit");
        var isRegister = area is ModbusArea.Holding or ModbusArea.Input;
        if (isRegister && type == RegisterType.Bool && text is null)
            row.Refuse("bit", "nothing", "which bit of the register, 0 (least significant) to 15", "say which bit the point is");
        if (type is not (null or RegisterType.Bool) && text is not null)
            row.Refuse("bit", text, "nothing: only a bool has a bit", "empty bit, or take type bool");
        else if (area is not null && !isRegister && text is not null)
            row.Refuse("bit", text, "nothing: a coil or discrete input is one bit already", "empty bit");
        return row.Whole("bit", 0, 0, 15);
    }

    private static WordOrder? ReadOrder(SettingRow row, RegisterType? type)
    {
        var order = row.OneOf("order", null, Orders);
        if (order is null || type is null) return order;
        var text = row.Text("order")!; // not null: it was read
        if (type == RegisterType.Bool)
            row.Refuse("order", text, "nothing: a bit has no order", "empty order");
        else if (type is RegisterType.Int16 or RegisterType.UInt16 or RegisterType.Bcd16 or RegisterType.Text
            && order is WordOrder.WordSwap or WordOrder.LittleEndian)
            row.Refuse("order", text, "ABCD, or BADC for exchanged bytes: one register or text has no words to exchange", "correct or empty order");
        return order;
    }

    private static T? Required<T>(SettingRow row, string key, Dictionary<string, T?> choices, string expected, string fix) where T : struct
    {
        if (row.Text(key) is not null) return row.OneOf(key, null, choices);
        row.Refuse(key, "nothing", expected, fix);
        return null;
    }
}
