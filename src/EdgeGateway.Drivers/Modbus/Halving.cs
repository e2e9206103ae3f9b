namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// A refused question that was halved, until both halves have been asked. If nothing was found out in either of them, what is between them, or the size, was the reason.
/// </summary>
/// <param name="of">The halving that the question itself came from; null if it was of the plan.</param>
/// <param name="cutBefore">The point at which it was halved.</param>
internal sealed class Halving(Halving? of, int cutBefore)
{
    private int _open = 2;
    private bool _hasFinding;

    /// <summary>One of the questions was replaced by two without a halving of their own.</summary>
    public void OneMore() => _open++;

    /// <summary>A question has come to its end.</summary>
    /// <param name="halving">The halving it came from; null if it was of the plan.</param>
    /// <param name="isFinding">True if it was not answered with data.</param>
    /// <param name="known">Learns where the device cannot be read through.</param>
    public static void End(Halving? halving, bool isFinding, GroupKnowledge known)
    {
        for (; halving is not null; halving = halving.Of)
        {
            halving._hasFinding |= isFinding;
            if (--halving._open > 0) return;
            if (!halving._hasFinding) known.Cut(halving.CutBefore);
            isFinding = true; // for the question above, that is what was found out
        }
    }

    private Halving? Of { get; } = of;

    private int CutBefore { get; } = cutBefore;
}
