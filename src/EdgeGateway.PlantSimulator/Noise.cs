namespace EdgeGateway.PlantSimulator;

/// <summary>Bytes that belong to no frame.</summary>
internal static class Noise
{
    /// <summary>Zeros, as a line gives that is held low.</summary>
    public const byte Zeros = 0;

    /// <summary>Ones, as a line gives that floats.</summary>
    public const byte Ones = 1;

    /// <summary>Bytes without a pattern, always the same.</summary>
    public const byte Random = 2;

    /// <summary>The head of an answer of the same unit and function with a wrong byte count, as a cut-off frame leaves it.</summary>
    public const byte Head = 3;

    /// <summary>The noise of this kind.</summary>
    /// <param name="kind">One of the kinds above.</param>
    /// <param name="content">Unit and PDU of the right answer.</param>
    public static byte[] Of(byte kind, ReadOnlySpan<byte> content) => kind switch
    {
        Zeros => new byte[5],
        Ones => [0xFF, 0xFF, 0xFF],
        Random => [0x9E, 0x37, 0x79, 0xB9, 0x7F, 0x4A, 0x7C, 0x15, 0xF3, 0x9C, 0xC0, 0x60, 0x5C],
        Head => [content[0], content[1], 0x40],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected one of the kinds of noise"),
    };
}
