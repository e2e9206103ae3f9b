using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>Values of one subscription that did not arrive and will not: to be read from the server's history, or to be recorded as a gap.</summary>
/// <param name="Subscription">Its place among the plans.</param>
/// <param name="After">The newest time of a value that arrived before, by its source; none if there was none.</param>
/// <param name="Before">The newest time of a value in the first message that arrived again.</param>
/// <param name="Why">For people.</param>
internal sealed record Loss(int Subscription, OpcUaTime After, OpcUaTime Before, string Why);
