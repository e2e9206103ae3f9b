namespace EdgeGateway.PlantSimulator;

/// <summary>The slaves of a bus that speak one protocol.</summary>
internal interface IBusSpeaker
{
    /// <summary>Takes the first whole question out of <paramref name="received"/>, with everything before it; null if there is none yet.</summary>
    /// <returns>What answers it, in its own time.</returns>
    Func<ValueTask>? Take(List<byte> received);
}
