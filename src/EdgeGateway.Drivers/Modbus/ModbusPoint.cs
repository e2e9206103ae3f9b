namespace EdgeGateway.Drivers.Modbus;

/// <summary>Where in a Modbus device one signal is found.</summary>
internal sealed class ModbusPoint : DevicePoint
{
    /// <summary>The table.</summary>
    public required ModbusArea Area { get; init; }

    /// <summary>Protocol address, counted from 0, of the first register or of the bit.</summary>
    public required int Address { get; init; }

    /// <summary>What is there; <see cref="RegisterType.Bool"/> for coils and discrete inputs.</summary>
    public required RegisterType Type { get; init; }

    /// <summary>The point's own order; null where the map says nothing.</summary>
    public WordOrder? Order { get; init; }

    /// <summary>Which bit of its register a bool is, or the lowest bit of a field; 0 = least significant; 0 for everything else.</summary>
    public int Bit { get; init; }

    /// <summary>How many bits of a whole number the point takes; 0 for all.</summary>
    public int FieldBits { get; init; }

    /// <summary>Characters (bytes) of a text, bytes of <see cref="RegisterType.Raw"/>; 0 for everything else.</summary>
    public int Length { get; init; }

    /// <summary>Bits of a number that stand for no value, as <see cref="RegisterCodec.Bits"/> gives them; null for none.</summary>
    public ulong[]? Markers { get; init; }

    /// <summary>The markers as the map writes them; null for none.</summary>
    public string? MarkerWords { get; init; }

    /// <summary>True for coils and discrete inputs, whose addresses count bits.</summary>
    public bool IsBitArea => Area is ModbusArea.Coil or ModbusArea.Discrete;

    /// <summary>How many addresses the point covers: registers, or one bit.</summary>
    public int Size => SizeOf(Type, Length);

    /// <summary>The first address after the point.</summary>
    public int End => Address + Size;

    /// <summary>True for whole numbers, whose single bits may have signals of their own.</summary>
    public bool IsInteger => Type is RegisterType.Int16 or RegisterType.UInt16 or RegisterType.Int32 or RegisterType.UInt32
        or RegisterType.Int64 or RegisterType.UInt64;

    /// <summary>True for what is part of a register or a whole number: others may take other parts of it.</summary>
    public bool IsPart => FieldBits > 0
        || Type is RegisterType.Bool or RegisterType.Int8High or RegisterType.Int8Low or RegisterType.UInt8High or RegisterType.UInt8Low;

    /// <summary>True for what becomes a text: characters, times, raw registers.</summary>
    public bool IsText => Type is RegisterType.Text or >= RegisterType.AsciiText;

    /// <summary>
    /// The order to decode with. The device's order is about numbers of several registers; 16-bit numbers and text follow only their own.
    /// </summary>
    public WordOrder OrderOn(ModbusDevice device) =>
        Order ?? (HasWords(Type) ? device.WordOrder : WordOrder.BigEndian);

    /// <summary>The same place read in another way.</summary>
    public ModbusPoint As(string signal, RegisterType type, WordOrder? order) => new()
    {
        Signal = signal,
        Area = Area,
        Address = Address,
        Type = type,
        Order = order,
        Bit = type == Type ? Bit : 0,
        FieldBits = type == Type ? FieldBits : 0,
        Length = type == RegisterType.Raw ? Size * 2 : Length,
        Markers = type == Type ? Markers : null,
        MarkerWords = type == Type ? MarkerWords : null,
    };

    /// <summary>How many addresses a type covers.</summary>
    /// <param name="type">The type.</param>
    /// <param name="length">Characters of a text, bytes of raw registers.</param>
    public static int SizeOf(RegisterType type, int length) => type switch
    {
        RegisterType.Int32 or RegisterType.UInt32 or RegisterType.Float32 or RegisterType.Bcd32 or RegisterType.Mod10K32 or RegisterType.UnixTime => 2,
        RegisterType.Mod10K48 or RegisterType.BcdTime => 3,
        RegisterType.Int64 or RegisterType.UInt64 or RegisterType.Float64 or RegisterType.Bcd64 or RegisterType.Mod10K64 or RegisterType.Iec870Time => 4,
        RegisterType.SixWordTime => 6,
        RegisterType.Text or RegisterType.AsciiText or RegisterType.GbkText or RegisterType.Raw => (length + 1) / 2,
        RegisterType.HighCharacters or RegisterType.LowCharacters => length,
        _ => 1,
    };

    /// <summary>True for numbers of several registers, whose words have an order.</summary>
    public static bool HasWords(RegisterType type) => type is RegisterType.UnixTime
        || type is not (RegisterType.Text or >= RegisterType.AsciiText) && SizeOf(type, 0) > 1;
}
