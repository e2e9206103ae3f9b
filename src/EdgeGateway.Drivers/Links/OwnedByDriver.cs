namespace EdgeGateway.Drivers.Links;

/// <summary>
/// A line whose driver has connections of its own: those of a session that outlives each of them. The stream it hands over is empty and stands for
/// the driver's conversation; whether that exists is found out when the driver is attached to it.
/// </summary>
/// <param name="endpoint">Where the driver connects, for people.</param>
internal sealed class OwnedByDriver(string endpoint) : LinkDial
{
    /// <inheritdoc/>
    public override string Endpoint => endpoint;

    /// <summary>Soon: dialling asks only whether the driver's conversation is there again. How often the server itself is tried is the driver's affair.</summary>
    public override TimeSpan LongestRedial => TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public override bool TellsEveryReason => true;

    /// <inheritdoc/>
    public override ValueTask<Stream> DialAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Stream.Null);
}
