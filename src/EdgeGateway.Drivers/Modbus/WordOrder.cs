namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// How a device lays a number over its registers. The names in maps are those of a 32-bit number whose bytes are A (most significant) to D;
/// 64-bit numbers follow the same four rules, and know two orders more, named by eight letters.
/// </summary>
[Flags]
internal enum WordOrder : byte
{
    /// <summary><c>ABCD</c>: the most significant word first, the most significant byte first.</summary>
    BigEndian = 0,

    /// <summary><c>CDAB</c>: the least significant word first.</summary>
    WordSwap = 1,

    /// <summary><c>BADC</c>: the bytes of each register exchanged.</summary>
    ByteSwap = 2,

    /// <summary><c>DCBA</c>: both.</summary>
    LittleEndian = WordSwap | ByteSwap,

    /// <summary><c>EFGHABCD</c>: the halves of a 64-bit number exchanged, each half in its natural order.</summary>
    HalfSwap = 4,

    /// <summary><c>CDABGHEF</c>: the halves in their natural order, the words of each half exchanged.</summary>
    WordSwapInHalves = WordSwap | HalfSwap,
}
