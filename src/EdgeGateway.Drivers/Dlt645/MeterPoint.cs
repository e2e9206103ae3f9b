namespace EdgeGateway.Drivers.Dlt645;

/// <summary>Which value of which data item one signal is.</summary>
internal sealed class MeterPoint : DevicePoint
{
    /// <summary>The item in the edition of 2007; null if the point has none there.</summary>
    public DataItem? Item2007 { get; init; }

    /// <summary>The item in the edition of 1997; null if the point has none there.</summary>
    public DataItem? Item1997 { get; init; }

    /// <summary>Which value of the item, counted from 0.</summary>
    public int Part { get; init; }

    /// <summary>The item by which points are put in order, whatever the edition of a device.</summary>
    public DataItem Item => Item2007 ?? Item1997 ?? throw new InvalidOperationException($"{Signal} has no item");

    /// <summary>What a meter is asked for. A point that one edition does not have is asked in the other.</summary>
    public DataItem ItemOn(MeterDevice device) => (device.Edition == Edition.Of1997 ? Item1997 : Item2007) ?? Item;
}
