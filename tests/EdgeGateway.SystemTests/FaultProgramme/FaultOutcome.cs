namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>What the checker found in one round; all figures count readings but where they say otherwise.</summary>
internal sealed record FaultOutcome
{
    /// <summary>Values that the plant served and the gateway had to keep.</summary>
    public required long Served { get; init; }

    /// <summary>Different values that the receiver holds.</summary>
    public required long Delivered { get; init; }

    /// <summary>Slots that neither a reading nor a signed record accounts for. Must be 0.</summary>
    public required long Lost { get; init; }

    /// <summary>Payloads that came more than once with the same hash. Harmless, but counted.</summary>
    public required long Duplicated { get; init; }

    /// <summary>Payloads under a sequence number that another payload bears. Must be 0, but where the scenario is a clone or a restored copy: there it must be seen.</summary>
    public required long Forked { get; init; }

    /// <summary>Slots that a signed record names instead of a reading.</summary>
    public required long Named { get; init; }

    /// <summary>Every invariant that did not hold, in words, with the seed's own figures. Empty after a good round.</summary>
    public required IReadOnlyList<string> Faults { get; init; }
}
