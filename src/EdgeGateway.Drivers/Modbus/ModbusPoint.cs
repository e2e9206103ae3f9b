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

    /// <summary>Which bit of its register, 0 = least significant; 0 for everything else.</summary>
    public int Bit { get; init; }

    /// <summary>Characters (bytes) of a text; 0 for everything else.</summary>
    public int Length { get; init; }

    /// <summary>True for coils and discrete inputs, whose addresses count bits.</summary>
    public bool IsBitArea => Area is ModbusArea.Coil or ModbusArea.Discrete;

    /// <summary>How many addresses the point covers: registers, or one bit.</summary>
    public int Size => Type switch
    {
        RegisterType.Int32 or RegisterType.UInt32 or RegisterType.Float32 or RegisterType.Bcd32 => 2,
        RegisterType.Int64 or RegisterType.UInt64 or RegisterType.Float64 => 4,
        RegisterType.Text => (Length + 1) / 2,
        _ => 1,
    };

    /// <summary>The first address after the point.</summary>
    public int End => Address + Size;

    /// <summary>True for whole numbers, whose single bits may have signals of their own.</summary>
    public bool IsInteger => Type is RegisterType.Int16 or RegisterType.UInt16 or RegisterType.Int32 or RegisterType.UInt32
        or RegisterType.Int64 or RegisterType.UInt64;

    /// <summary>
    /// The order to decode with. The device's order is about numbers of several registers; 16-bit numbers and text follow only their own.
    /// </summary>
    public WordOrder OrderOn(ModbusDevice device) =>
        Order ?? (Size > 1 && Type != RegisterType.Text ? device.WordOrder : WordOrder.BigEndian);
}
