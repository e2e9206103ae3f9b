namespace EdgeGateway.Precheck.Rules;

/// <summary>Why a rule is not evaluated for a while although it could be.</summary>
internal enum Suppression
{
    /// <summary>F1: calibration, maintenance or purge, and ten minutes after it.</summary>
    Calibration,

    /// <summary>F6: the first ten minutes after a start, or after a pause.</summary>
    Start,

    /// <summary>F9: outlets that share a stack.</summary>
    SharedStack,
}
