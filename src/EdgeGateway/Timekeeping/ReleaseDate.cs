using System.Globalization;
using System.Reflection;

namespace EdgeGateway.Timekeeping;

/// <summary>The day before which this program cannot have run: <c>ReleasedAfter</c> of the project file, raised with each release.</summary>
internal static class ReleaseDate
{
    public static DateTimeOffset Value { get; } = DateTimeOffset.ParseExact(
        typeof(ReleaseDate).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(entry => entry.Key == "ReleasedAfter").Value!, // the project file has it
        "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
