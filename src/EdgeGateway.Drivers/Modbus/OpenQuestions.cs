namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// Questions whose answer may still come. A frame on a serial line names no question, only unit, function and byte count (here: its shape), so a
/// late answer could pass for the answer to the next question of the same shape. Such a question is therefore not asked again until a question of
/// another shape has been answered: a device answers in the order in which it is asked, and what carries the answers (a bus, a serial server,
/// TCP) keeps that order, so whatever was still to come has come before that.
/// </summary>
internal sealed class OpenQuestions(TimeProvider time)
{
    /// <summary>Shapes kept for each unit; the oldest makes room.</summary>
    public const int MaxShapes = 8;

    /// <summary>
    /// After this long an answer is no longer waited for: a device that does not answer questions of another length at all would otherwise never
    /// be heard again.
    /// </summary>
    public static readonly TimeSpan Lapse = TimeSpan.FromSeconds(60);

    private readonly List<Open>?[] _byUnit = new List<Open>?[256];

    /// <summary>An answer to this question may still come.</summary>
    public void Add(byte unit, ReadRequest request)
    {
        var open = _byUnit[unit] ??= new List<Open>(MaxShapes);
        var shape = ShapeOf(request);
        for (var i = 0; i < open.Count; i++)
        {
            if (open[i].Shape != shape) continue;
            open.RemoveAt(i);
            break;
        }
        if (open.Count == MaxShapes) open.RemoveAt(0);
        open.Add(new Open(shape, time.GetTimestamp()));
    }

    /// <summary>The unit has answered with data: nothing older can come any more.</summary>
    public void Close(byte unit) => _byUnit[unit]?.Clear();

    /// <summary>True if the unit owes any answer.</summary>
    public bool Has(byte unit) => Count(unit) > 0;

    /// <summary>How many answers the unit owes.</summary>
    public int Count(byte unit)
    {
        if (_byUnit[unit] is not { } open) return 0;
        var count = 0;
        foreach (var one in open)
            if (time.GetElapsedTime(one.AskedAt) < Lapse) count++;
        return count;
    }

    /// <summary>True if an answer that is still to come could pass for the answer to this question.</summary>
    public bool Hides(byte unit, ReadRequest request)
    {
        if (_byUnit[unit] is not { } open) return false;
        var shape = ShapeOf(request);
        foreach (var one in open)
            if (one.Shape == shape && time.GetElapsedTime(one.AskedAt) < Lapse) return true;
        return false;
    }

    /// <summary>
    /// A question at the same place whose answer cannot be mistaken for one that is still to come: shorter if possible, because every device that
    /// bears the whole bears a part of it. Null if the device's limits leave none.
    /// </summary>
    public ReadRequest? Telling(ModbusDevice device, ReadRequest request)
    {
        for (var bytes = request.DataBytes - 1; bytes >= 1; bytes--)
            if (WithBytes(device, request, bytes) is { } shorter) return shorter;
        for (var bytes = request.DataBytes + 1; bytes <= ReadPdu.MaxDataBytes; bytes++)
            if (WithBytes(device, request, bytes) is { } longer) return longer;
        return null;
    }

    private ReadRequest? WithBytes(ModbusDevice device, ReadRequest request, int bytes)
    {
        if (!request.IsBits && bytes % 2 != 0) return null;
        var quantity = request.IsBits ? Math.Min(bytes * 8, ModbusDevice.ProtocolMaxBits) : bytes / 2;
        var changed = request with { Quantity = quantity };
        var most = Math.Max(request.Quantity, request.IsBits ? device.MaxBits : device.MaxRegisters);
        return quantity <= most && changed.End <= 65536 && !Hides(device.Unit, changed) ? changed : null;
    }

    private static int ShapeOf(ReadRequest request) => (int)request.Area << 8 | request.DataBytes;

    private readonly record struct Open(int Shape, long AskedAt);
}
