namespace EdgeGateway.PlantSimulator;

/// <summary>The function and exception codes the slaves know (MODBUS Application Protocol V1.1b3 §6, §7).</summary>
internal static class ModbusFunction
{
    public const byte IllegalFunction = 0x01;
    public const byte IllegalAddress = 0x02;
    public const byte IllegalValue = 0x03;

    /// <summary>What a gateway on the way says of a unit that is not there.</summary>
    public const byte TargetFailedToRespond = 0x0B;

    /// <summary>True for the functions that read a whole table.</summary>
    public static bool Reads(byte function, out PointArea area)
    {
        area = function switch
        {
            1 => PointArea.Coil,
            2 => PointArea.Discrete,
            3 => PointArea.Holding,
            4 => PointArea.Input,
            _ => default,
        };
        return function is >= 1 and <= 4;
    }

    /// <summary>True for the functions that change something: 05, 06, 15, 16, 21, 22, 23.</summary>
    public static bool Writes(byte function) => function is 5 or 6 or 15 or 16 or 21 or 22 or 23;

    /// <summary>The most elements in one request: §6.1 2000 bits, §6.3 125 registers.</summary>
    public static int MostOf(PointArea area) => area is PointArea.Coil or PointArea.Discrete ? 2000 : 125;

    /// <summary>Writes a refusal and returns its length.</summary>
    public static int Refuse(Span<byte> answer, byte function, byte code)
    {
        answer[0] = (byte)(function | 0x80);
        answer[1] = code;
        return 2;
    }
}
