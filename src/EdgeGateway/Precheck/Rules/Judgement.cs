using System.Globalization;

namespace EdgeGateway.Precheck.Rules;

/// <summary>What a rule says of a period, and why.</summary>
/// <param name="Outcome">The answer.</param>
/// <param name="Why">The figures it rests on, or what is missing, for people.</param>
/// <param name="Severity">1 to 4 where the condition itself says how bad it is; 0 leaves it to the rule.</param>
internal readonly record struct Judgement(Outcome Outcome, string Why, int Severity = 0)
{
    /// <summary>Nothing can be said, because …</summary>
    public static Judgement Not(string why) => new(Outcome.NotEvaluable, why);

    /// <summary>Fires or not, by the figures.</summary>
    public static Judgement Of(bool fires, string why) => new(fires ? Outcome.Fire : Outcome.Ok, why);

    /// <summary>A figure as people read it.</summary>
    public static string Figure(decimal value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
