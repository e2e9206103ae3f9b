namespace EdgeGateway.PlantSimulator;

/// <summary>
/// Where the bytes of a value stand on the wire, A being the most significant of four. Of two bytes <c>ABCD</c> and <c>CDAB</c> send AB,
/// <c>BADC</c> and <c>DCBA</c> send BA; eight bytes follow the same two questions (words reversed? bytes within a word swapped?). Text
/// keeps its registers in reading order; only the swap of bytes applies to it.
/// </summary>
internal enum WordOrder
{
    /// <summary>Big-endian throughout.</summary>
    ABCD,

    /// <summary>Least significant word first.</summary>
    CDAB,

    /// <summary>Most significant word first, the bytes of each word swapped.</summary>
    BADC,

    /// <summary>Little-endian throughout.</summary>
    DCBA,

    /// <summary>Eight bytes only: the halves in their order, the words of each half exchanged.</summary>
    CDABGHEF,

    /// <summary>Eight bytes only: the halves exchanged, each in its order.</summary>
    EFGHABCD,
}
