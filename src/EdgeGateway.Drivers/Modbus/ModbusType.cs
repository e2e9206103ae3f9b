namespace EdgeGateway.Drivers.Modbus;

/// <summary>What all kinds of Modbus share: the columns of their maps, and how points are ordered and may overlap.</summary>
internal abstract class ModbusType : DriverType
{
    /// <summary>
    /// What one question costs at the very least: a device on the same switch needs about a millisecond to notice, build and send an
    /// answer, and the question and the answer cross the network once each. Only budgets that no device can keep are refused by it.
    /// </summary>
    protected static readonly TimeSpan LeastQuestionTime = TimeSpan.FromMilliseconds(2);

    /// <inheritdoc/>
    public override IReadOnlyList<string> PointColumns => ModbusKeys.Point;

    /// <inheritdoc/>
    public override DevicePoint? ReadPoint(string signal, SettingRow row) => ModbusKeys.ReadPoint(signal, row);

    /// <summary>By table, then address, then bit.</summary>
    public override int Compare(DevicePoint left, DevicePoint right)
    {
        var (a, b) = ((ModbusPoint)left, (ModbusPoint)right);
        if (a.Area != b.Area) return a.Area.CompareTo(b.Area);
        return a.Address != b.Address ? a.Address.CompareTo(b.Address) : a.Bit.CompareTo(b.Bit);
    }

    /// <summary>
    /// Two points that share a register may differ only in what cannot contradict: bits of it, or a bit of a whole number. Anything else
    /// (a float in the middle of another, a register that is both a number and text) is a slip of the map.
    /// </summary>
    public override bool Overlap(DevicePoint left, DevicePoint right)
    {
        var (a, b) = ((ModbusPoint)left, (ModbusPoint)right);
        if (a.Area != b.Area || a.End <= b.Address || b.End <= a.Address) return false;
        if (a.Type == RegisterType.Bool && b.Type == RegisterType.Bool) return false;
        if (a.Type == RegisterType.Bool) return !b.IsInteger;
        if (b.Type == RegisterType.Bool) return !a.IsInteger;
        return a.Address != b.Address || a.Type != b.Type || a.Order != b.Order || a.Length != b.Length;
    }

    /// <summary>How many questions one poll of the group takes.</summary>
    protected static int Questions(PollGroup group) => ReadPlan.Make(group.Points, (ModbusDevice)group.Device).Length;
}
