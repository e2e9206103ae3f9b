namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>
/// One way in which things go wrong. A round draws its moments and its choices from its seed alone, brings up what it needs, does its harm, lets the
/// gateway recover and hands the ledgers to the checker.
/// </summary>
internal interface IFaultScenario
{
    /// <summary>As the report and <c>tests/soak.sh</c> call it: lower case with hyphens, for example <c>kill-9</c>.</summary>
    string Name { get; }

    /// <summary>How many rounds a pull request runs; the soak runs more.</summary>
    int Rounds { get; }

    /// <summary>True if a round spends its time waiting for deadlines: such rounds are played side by side in a pull request.</summary>
    bool MostlyWaits => false;

    /// <summary>Plays one round to its end and says what the checker found. Throws only if the harness itself fails.</summary>
    Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken);
}
