namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>What is left of answers that were too long, each under a point that is good for one use.</summary>
internal sealed class ContinuationPoints<T>
{
    private readonly Dictionary<ulong, T> _left = [];
    private ulong _given;

    /// <summary>Keeps what is left.</summary>
    /// <param name="left">What.</param>
    /// <param name="most">How many may be kept.</param>
    /// <returns>Null if there is no room for another.</returns>
    public byte[]? Keep(T left, int most)
    {
        if (_left.Count >= most) return null;
        _left.Add(++_given, left);
        return BitConverter.GetBytes(_given);
    }

    public bool TryTake(byte[] point, out T? left)
    {
        left = default;
        return point.Length == 8 && _left.Remove(BitConverter.ToUInt64(point), out left);
    }
}
