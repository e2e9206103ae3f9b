namespace EdgeGateway.Fuzzing;

/// <summary>A decoder that takes bytes from a network, and what must hold whatever they are.</summary>
/// <param name="Name">Folder of its corpus.</param>
/// <param name="Seeds">Inputs to begin with: well-formed ones, which get deeper than noise.</param>
/// <param name="Take">Decodes, and throws if anything is not as it must be.</param>
internal sealed record FuzzTarget(string Name, Func<IEnumerable<byte[]>> Seeds, Action<byte[]> Take);
