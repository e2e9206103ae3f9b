namespace EdgeGateway.Fuzzing;

/// <summary>A decoder took bytes in a way it must not.</summary>
public sealed class BrokenInvariantException(string message) : Exception(message)
{
    /// <exception cref="BrokenInvariantException">It does not hold.</exception>
    public static void Unless(bool holds, string what)
    {
        if (!holds) throw new BrokenInvariantException(what);
    }
}
