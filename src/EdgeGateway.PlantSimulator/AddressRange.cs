namespace EdgeGateway.PlantSimulator;

/// <summary>Addresses a device answers for.</summary>
/// <param name="Area">In which table.</param>
/// <param name="First">First address.</param>
/// <param name="Count">How many.</param>
internal readonly record struct AddressRange(PointArea Area, int First, int Count)
{
    /// <summary>The address after the last one.</summary>
    public int End => First + Count;
}
