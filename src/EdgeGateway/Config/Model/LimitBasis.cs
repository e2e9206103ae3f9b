namespace EdgeGateway.Config.Model;

/// <summary>What of an outlet a limit is about.</summary>
internal enum LimitBasis
{
    /// <summary>The concentration converted to the reference oxygen (折算), mg/m3.</summary>
    Reference,

    /// <summary>The concentration in dry gas at standard state, mg/m3.</summary>
    Dry,

    /// <summary>The mass, kg per period.</summary>
    Mass,
}
