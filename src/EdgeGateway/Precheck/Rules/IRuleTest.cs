namespace EdgeGateway.Precheck.Rules;

/// <summary>A rule's condition in one place, with what it has to remember. Not thread-safe.</summary>
internal interface IRuleTest
{
    /// <summary>The signals it looks at.</summary>
    IEnumerable<RuleSignal> Signals { get; }

    /// <summary>Judges the next period.</summary>
    /// <param name="period">What was closed.</param>
    /// <param name="missed">How many periods before it had no aggregate.</param>
    /// <param name="isRaised">Whether the rule has fired and was not cleared: then it takes more to be all right.</param>
    Judgement See(ClosedPeriod period, int missed, bool isRaised);
}
