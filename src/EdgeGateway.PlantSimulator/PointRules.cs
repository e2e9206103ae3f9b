namespace EdgeGateway.PlantSimulator;

/// <summary>What points of a device must keep to, so that the ledger can say what was served.</summary>
internal static class PointRules
{
    /// <summary>True if both read the same bits in the same way (their scales may differ).</summary>
    public static bool IsSamePlace(SimulatedPoint left, SimulatedPoint right) =>
        left.Area == right.Area && left.Address == right.Address && left.Type == right.Type && left.FieldBits == right.FieldBits
        && (left.IsPart ? left.Bit == right.Bit && left.Order == right.Order
            : left.IsSingleBit || (left.Order == right.Order && left.Width == right.Width && (!left.IsText || left.Length == right.Length)));

    /// <summary>True for what only shows registers that other points write: all of them, or a part of a number.</summary>
    public static bool IsFollower(SimulatedPoint point, IEnumerable<SimulatedPoint> others) => point.Type == PointType.Raw
        || (point.IsPart && others.Any(other => !other.IsPart && other.Type != PointType.Raw && other.Address < point.End && point.Address < other.End));

    /// <summary>Refuses what cannot be simulated, naming the point.</summary>
    /// <exception cref="ArgumentException">See the message.</exception>
    public static void Check(string device, IReadOnlyList<SimulatedPoint> points)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var point in points)
        {
            var why = Fault(point) ?? (names.Add(point.Name) ? null : "the name is used twice");
            if (why is not null) throw new ArgumentException($"{device}.{point.Name}: {why}", nameof(points));
        }
        foreach (var area in points.GroupBy(point => point.Area)) CheckOverlap(device, [.. area.OrderBy(point => point.Address)]);
    }

    private static void CheckOverlap(string device, SimulatedPoint[] points)
    {
        for (var i = 0; i < points.Length; i++)
            for (var k = i + 1; k < points.Length && points[k].Address < points[i].End; k++)
                if (!IsSamePlace(points[i], points[k]) && !CanShare(points[i], points[k]))
                    throw new ArgumentException(
                        $"{device}: {points[i].Name} and {points[k].Name} overlap at {points[k].Area} {points[k].Address}", nameof(points));
    }

    // Parts live in one register beside each other, and may be read out of a number as well; so may everything as it is.
    private static bool CanShare(SimulatedPoint left, SimulatedPoint right) =>
        left.IsPart || right.IsPart || left.Type == PointType.Raw || right.Type == PointType.Raw;

    private static string? Fault(SimulatedPoint point)
    {
        if (point.Address < 0 || point.End > 65_536) return $"address {point.Address} with {point.Width} registers, expected all of it in 0..65535";
        if (point.IsSingleBit && point.Type != PointType.Bool) return $"a {point.Type} in {point.Area}, expected a Bool";
        if (point.FieldBits > 0 && point.Type is not (PointType.UInt16 or PointType.UInt32)) return $"a field of a {point.Type}, expected one of a UInt16 or UInt32";
        if (point.Bit < 0 || point.Bit + Math.Max(1, point.FieldBits) > 16 * point.Width) return $"bit {point.Bit}, expected 0 to {16 * point.Width - 1} and room for the field";
        if ((point.IsText || point.Type == PointType.Raw) && point.Length is < 1 or > 250) return $"length {point.Length}, expected 1 to 250 characters";
        if (point.Order is WordOrder.CDABGHEF or WordOrder.EFGHABCD && point.Width != 4) return $"order {point.Order}, expected one of four bytes";
        if (point.Scale == 0) return "scale 0, expected another number";
        if (point.Waveform.Kind == WaveformKind.Text && !point.IsText) return $"a text in a {point.Type}, expected a String or another type of text";
        return null;
    }
}
