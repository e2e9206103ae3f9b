namespace EdgeGateway.Recording;

/// <summary>What became of a row offered to a payload.</summary>
internal enum RowFit
{
    Added,

    /// <summary>Close this payload and offer the row to the next.</summary>
    Full,

    /// <summary>Offer its two halves.</summary>
    TooLong,
}
