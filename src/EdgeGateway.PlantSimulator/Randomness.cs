namespace EdgeGateway.PlantSimulator;

/// <summary>A small generator whose numbers depend on nothing but the seed, on any machine: a counter through a 64-bit mixing function.</summary>
internal struct Randomness(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A seed for the thing of this name, the same in every process.</summary>
    public static ulong SeedFor(ulong seed, string name)
    {
        var mixed = Mix(seed);
        foreach (var c in name) mixed = Mix(mixed ^ c);
        return mixed;
    }

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += 0x9E37_79B9_7F4A_7C15);

    /// <summary>Evenly in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Nearly normal, mean 0 and deviation 1, never beyond 3.5: four even numbers added.</summary>
    public double Gauss()
    {
        var bits = Next();
        var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        return (sum / 65_536.0 - 2) * 1.732_050_807_568_877_2;
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
        return x ^ (x >> 31);
    }
}
