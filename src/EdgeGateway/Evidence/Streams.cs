namespace EdgeGateway.Evidence;

/// <summary>The streams of a gateway, each with its own sequence and chain.</summary>
internal static class Streams
{
    public const string Readings = "readings";
    public const string Events = "events";

    /// <summary>Means, extremes and masses of minutes, hours and days; empty at a site without a plant model.</summary>
    public const string Aggregates = "aggregates";

    /// <summary>All streams, in the order in which they are delivered.</summary>
    public static readonly IReadOnlyList<string> InOrderOfUrgency = [Events, Aggregates, Readings];
}
