namespace EdgeGateway.Drivers.Modbus;

/// <summary>One question: a run of addresses that covers the points <c>[First, First + Count)</c> of a group.</summary>
/// <param name="First">Index of the first point in the group.</param>
/// <param name="Count">Number of points, at least 1.</param>
/// <param name="Area">The table to read.</param>
/// <param name="Address">Protocol address of the first register or bit.</param>
/// <param name="Quantity">Registers or bits to read.</param>
internal readonly record struct ReadRequest(int First, int Count, ModbusArea Area, int Address, int Quantity)
{
    /// <summary>The first address after the run, at most 65536.</summary>
    public int End => Address + Quantity;

    /// <summary>True if addresses count bits.</summary>
    public bool IsBits => Area is ModbusArea.Coil or ModbusArea.Discrete;

    /// <summary>How many data bytes the answer must carry.</summary>
    public int DataBytes => IsBits ? (Quantity + 7) / 8 : Quantity * 2;
}
