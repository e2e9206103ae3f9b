using System.Globalization;

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
    public override IReadOnlyList<string> PointColumns => PointColumnReader.Columns;

    /// <inheritdoc/>
    public override DevicePoint? ReadPoint(string signal, SettingRow row) => PointColumnReader.Read(signal, row);

    /// <summary>
    /// By table, then address, then the larger place first, then bit: whatever shares registers with a point stands behind it, and never at the
    /// end of one question while the rest of the place is in the next.
    /// </summary>
    public override int Compare(DevicePoint left, DevicePoint right)
    {
        var (a, b) = ((ModbusPoint)left, (ModbusPoint)right);
        if (a.Area != b.Area) return a.Area.CompareTo(b.Area);
        if (a.Address != b.Address) return a.Address.CompareTo(b.Address);
        return a.Size != b.Size ? b.Size.CompareTo(a.Size) : a.Bit.CompareTo(b.Bit);
    }

    /// <summary>
    /// Two points that share a register may differ only in what cannot contradict: parts of it (bits, bytes), a part of a whole number, or the raw
    /// registers. Anything else (a float in the middle of another, a register that is both a number and text) is a slip of the map.
    /// </summary>
    public override bool Overlap(DevicePoint left, DevicePoint right)
    {
        var (a, b) = ((ModbusPoint)left, (ModbusPoint)right);
        if (!Share(a, b) || a.Type == RegisterType.Raw || b.Type == RegisterType.Raw) return false;
        if (a.IsBitArea || (a.IsPart && b.IsPart)) return false;
        if (a.IsPart) return !b.IsInteger;
        if (b.IsPart) return !a.IsInteger;
        return a.Address != b.Address || a.Type != b.Type || a.Order != b.Order || a.Length != b.Length;
    }

    /// <inheritdoc/>
    public override bool Share(DevicePoint left, DevicePoint right)
    {
        var (a, b) = ((ModbusPoint)left, (ModbusPoint)right);
        return a.Area == b.Area && a.End > b.Address && b.End > a.Address;
    }

    /// <summary>The registers of the point as hexadecimal digits; null for a coil or discrete input, which is raw already.</summary>
    public override DevicePoint? Evidence(DevicePoint point, string signal) =>
        point is ModbusPoint { IsBitArea: false } place ? place.As(signal, RegisterType.Raw, WordOrder.BigEndian) : null;

    /// <inheritdoc/>
    public override int Bits(DevicePoint point) => ((ModbusPoint)point) switch
    {
        { FieldBits: > 0 and var bits } => bits,
        { Type: RegisterType.Bool } => 1,
        { Type: RegisterType.Int8High or RegisterType.Int8Low or RegisterType.UInt8High or RegisterType.UInt8Low } => 8,
        // With the highest bit of an uint64 set, the number is too large to be a code.
        { Type: RegisterType.UInt64 } => 63,
        { IsInteger: true } number => 16 * number.Size,
        _ => 0, // the bits of digits are not those of their number
    };

    /// <inheritdoc/>
    public override (Int128 Least, Int128 Greatest)? Codes(DevicePoint point)
    {
        var place = (ModbusPoint)point;
        var bits = Bits(place);
        if (bits > 0)
        {
            var isSigned = place is { FieldBits: 0, Type: RegisterType.Int16 or RegisterType.Int32 or RegisterType.Int64 or RegisterType.Int8High or RegisterType.Int8Low };
            return isSigned ? (-(Int128.One << bits - 1), (Int128.One << bits - 1) - 1) : (0, (Int128.One << bits) - 1);
        }
        return place.Type switch
        {
            RegisterType.Bcd16 => (0, 9999),
            RegisterType.Bcd32 => (0, 9999_9999),
            RegisterType.Bcd64 => (0, 9999_9999_9999_9999),
            RegisterType.SignMagnitude16 => (-0x7FFF, 0x7FFF),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override string DeviceAddress(DeviceSettings device) => string.Create(CultureInfo.InvariantCulture, $"unit {((ModbusDevice)device).Unit}");

    /// <inheritdoc/>
    public override IReadOnlyList<(string Label, DevicePoint Point)> OtherReadings(DevicePoint point)
    {
        if (point is not ModbusPoint { IsBitArea: false } place) return [];
        var readings = new List<(string, DevicePoint)> { ("raw", place.As(place.Signal, RegisterType.Raw, WordOrder.BigEndian)) };
        if (place.IsPart || place.Type == RegisterType.Raw) return readings;
        foreach (var (label, order) in PointColumnReader.Orders)
            if (PointColumnReader.Bears(place.Type, order)) readings.Add((label, place.As(place.Signal, place.Type, order)));
        return readings;
    }

    /// <inheritdoc/>
    public override string Place(DevicePoint point) => point is ModbusPoint place ? PointColumnReader.Describe(place) : "";

    /// <inheritdoc/>
    public override IBusScan CreateScan(TimeProvider time) => new ModbusScan(CreateExchange(time), this is ModbusSerialType, time);

    /// <inheritdoc/>
    public override IDriver Create(string line, TimeProvider time) => new ModbusDriver(CreateExchange(time), time);

    /// <summary>The framing of this kind of Modbus.</summary>
    private protected abstract ModbusExchange CreateExchange(TimeProvider time);

    /// <summary>How many questions one poll of the group takes.</summary>
    protected static int Questions(PollGroup group) => ReadPlan.Make(group.Points, (ModbusDevice)group.Device).Length;
}
