using System.Globalization;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>How much of its time a line's polls take at the very least.</summary>
/// <param name="Share">1 for all of it.</param>
/// <param name="Heaviest">The group that takes most, by its full name; empty where there is none.</param>
/// <param name="HeaviestShare">How much that is.</param>
internal readonly record struct LineLoad(double Share, string Heaviest, double HeaviestShare)
{
    /// <summary>Above it a single device that answers slowly costs the others slots.</summary>
    private const double Much = 0.8;

    /// <summary>True if there is little room left for anything that goes wrong.</summary>
    public bool IsMuch => Share > Much;

    /// <summary>The load of a line, by the speed of its port where it has one.</summary>
    public static LineLoad Of(Line line)
    {
        var port = line.Connect.Scheme == SerialAddress.Scheme ? SerialAddress.Parse(line.Connect, out _) : null;
        var (sum, heaviest, most) = (0.0, "", 0.0);
        foreach (var device in line.Devices)
        {
            foreach (var group in device.Groups)
            {
                var share = line.ProtocolOf(device).LeastTime(group.Poll, port) / group.Poll.Period;
                sum += share;
                if (share > most) (heaviest, most) = (group.Id, share);
            }
        }
        return new LineLoad(sum, heaviest, most);
    }

    /// <summary>The load in words: <c>polls that take 85 % of the time (d/g alone 60 %)</c>.</summary>
    public override string ToString() => $"polls that take {Percent(Share)} of the time ({Heaviest} alone {Percent(HeaviestShare)})";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(share * 100)} %");
}
