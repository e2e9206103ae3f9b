namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>An array with more than one dimension: the elements in rows, the last dimension fastest.</summary>
/// <param name="Elements">As many as the product of the dimensions.</param>
/// <param name="Dimensions">None negative.</param>
internal sealed record Matrix(Array Elements, int[] Dimensions);
