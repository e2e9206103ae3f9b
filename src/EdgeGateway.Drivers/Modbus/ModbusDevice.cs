namespace EdgeGateway.Drivers.Modbus;

/// <summary>How one Modbus device is addressed and how much it bears in one question.</summary>
internal sealed class ModbusDevice : DeviceSettings
{
    /// <summary>Application Protocol V1.1b3, 6.3 and 6.4: registers in one answer.</summary>
    public const int ProtocolMaxRegisters = 125;

    /// <summary>Application Protocol V1.1b3, 6.1 and 6.2: bits in one answer.</summary>
    public const int ProtocolMaxBits = 2000;

    /// <summary>So many questions may be out at once where frames name their question: NumberMaxOfServerTransaction of the Messaging guide (V1.0b) is 1 to 16.</summary>
    public const int ProtocolMaxWindow = 16;

    /// <summary>The unit id. On TCP 0 and 255 both commonly mean the device at the address itself.</summary>
    public byte Unit { get; init; } = 1;

    /// <summary>The most registers in one question.</summary>
    public int MaxRegisters { get; init; } = ProtocolMaxRegisters;

    /// <summary>The most coils or discrete inputs in one question.</summary>
    public int MaxBits { get; init; } = ProtocolMaxBits;

    /// <summary>How many registers nobody asked for are read along to save a question; for coils and discrete inputs 16 bits each.</summary>
    public int MaxGap { get; init; } = 32;

    /// <summary>The order of numbers of two and more registers that say nothing themselves.</summary>
    public WordOrder WordOrder { get; init; }

    /// <summary>True if every place is asked by itself.</summary>
    public bool SingleReads { get; init; }

    /// <summary>The most questions that are out at once; on serial frames always 1, because their answers name no question.</summary>
    public int Window { get; init; } = 1;

    /// <summary>On serial frames: how long the line must have been silent before a question and behind an answer.</summary>
    public TimeSpan Quiet { get; init; }
}
