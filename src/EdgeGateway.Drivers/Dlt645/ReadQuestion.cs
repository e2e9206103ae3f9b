namespace EdgeGateway.Drivers.Dlt645;

/// <summary>One question: an item that brings the points <c>[First, First + Count)</c> of a group, as itself or as the block they are members of.</summary>
/// <param name="First">Index of the first point in the group.</param>
/// <param name="Count">Number of points, at least 1.</param>
/// <param name="Item">What is asked for.</param>
internal readonly record struct ReadQuestion(int First, int Count, DataItem Item);
