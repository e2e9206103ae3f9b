namespace EdgeGateway.PlantSimulator;

/// <summary>How an expected value is compared.</summary>
internal enum ServedKind
{
    /// <summary>A decimal: equal as numbers.</summary>
    Exact,

    /// <summary>A binary32 that is not scaled: equal in its bits.</summary>
    Binary32,

    /// <summary>A binary64, or a scaled float: equal in the bits of the binary64.</summary>
    Binary64,

    /// <summary>Text: equal character by character.</summary>
    Text,

    /// <summary>No value: what was served says that there is none.</summary>
    None,
}
