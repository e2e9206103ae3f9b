using System.Collections.Immutable;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// Which questions bring the points of a group. Pure: the same points, limits and marks always give the same questions. A point is never
/// split over two answers, and neither are points that share a register, so a value and its status bits are always of the same moment.
/// All arithmetic is 32-bit; addresses end at 65536.
/// </summary>
internal static class ReadPlan
{
    /// <summary>The plan of a device about which nothing has been learned yet.</summary>
    public static ImmutableArray<ReadRequest> Make(ImmutableArray<DevicePoint> points, ModbusDevice device) => Make(points, device, [], []);

    /// <summary>The plan around what a device has refused.</summary>
    /// <param name="points">In the order of <see cref="ModbusType.Compare"/>.</param>
    /// <param name="device">The limits.</param>
    /// <param name="leftOut">True at the index of a point that is not asked and whose addresses are not read along; empty for none.</param>
    /// <param name="cutBefore">True at the index of a point that is not asked together with the one before it; empty for none.</param>
    public static ImmutableArray<ReadRequest> Make(
        ImmutableArray<DevicePoint> points, ModbusDevice device, ReadOnlySpan<bool> leftOut, ReadOnlySpan<bool> cutBefore)
    {
        var plan = ImmutableArray.CreateBuilder<ReadRequest>();
        ReadRequest? open = null;
        for (var i = 0; i < points.Length; i++)
        {
            var point = (ModbusPoint)points[i];
            if (!leftOut.IsEmpty && leftOut[i])
            {
                Close();
                continue;
            }
            if (open is { } run && !(!cutBefore.IsEmpty && cutBefore[i]) && Fits(run, point, device))
            {
                open = Extend(run, point);
                continue;
            }
            Close();
            // A point larger than the device's limit is still asked whole: half of it would never be a value, and the device may judge.
            open = new ReadRequest(i, 1, point.Area, point.Address, point.Size);
        }
        Close();
        return plan.ToImmutable();

        void Close()
        {
            if (open is { } run) plan.Add(run);
            open = null;
        }
    }

    /// <summary>The question for the points <c>[first, first + count)</c>, which lie in one table.</summary>
    public static ReadRequest Cover(ImmutableArray<DevicePoint> points, int first, int count)
    {
        var point = (ModbusPoint)points[first];
        var run = new ReadRequest(first, 1, point.Area, point.Address, point.Size);
        for (var i = first + 1; i < first + count; i++) run = Extend(run, (ModbusPoint)points[i]);
        return run;
    }

    /// <summary>
    /// The question for the place that begins at <paramref name="first"/>: this point and those before <paramref name="end"/> that share
    /// addresses with it.
    /// </summary>
    public static ReadRequest Place(ImmutableArray<DevicePoint> points, int first, int end)
    {
        var run = Cover(points, first, 1);
        for (var i = first + 1; i < end && points[i] is ModbusPoint next && next.Area == run.Area && next.Address < run.End; i++)
            run = Extend(run, next);
        return run;
    }

    /// <summary>
    /// The index of the point at which <paramref name="request"/> falls into two halves, as near to the middle as points that share
    /// addresses allow; null if it is one place and cannot be halved.
    /// </summary>
    public static int? Middle(ImmutableArray<DevicePoint> points, ReadRequest request)
    {
        int? best = null;
        var middle = request.First + request.Count / 2;
        var end = ((ModbusPoint)points[request.First]).End;
        for (var i = request.First + 1; i < request.First + request.Count; i++)
        {
            var point = (ModbusPoint)points[i];
            if (point.Address >= end && (best is null || Math.Abs(i - middle) < Math.Abs(best.Value - middle))) best = i;
            end = Math.Max(end, point.End);
        }
        return best;
    }

    private static bool Fits(ReadRequest run, ModbusPoint point, ModbusDevice device)
    {
        if (point.Area != run.Area) return false;
        // What makes the question no longer always belongs to it, even where the question is one point larger than the device's limit.
        if (point.End <= run.End) return true;
        if (point.End - run.Address > (run.IsBits ? device.MaxBits : device.MaxRegisters)) return false;
        var gap = point.Address - run.End;
        if (gap < 0) return true;
        return !device.SingleReads && gap <= (run.IsBits ? device.MaxGap * 16 : device.MaxGap);
    }

    private static ReadRequest Extend(ReadRequest run, ModbusPoint point) =>
        run with { Count = run.Count + 1, Quantity = Math.Max(run.End, point.End) - run.Address };
}
