namespace EdgeGateway.PlantSimulator;

/// <summary>10 to the power of so much, exactly.</summary>
internal static class PowersOfTen
{
    /// <param name="power">0 to 28.</param>
    public static decimal Of(int power)
    {
        var number = 1m;
        for (var i = 0; i < power; i++) number *= 10;
        return number;
    }
}
