namespace EdgeGateway.Evidence;

/// <summary>How far the wall clock may be believed, the first part of <c>tq</c> (docs/wire.md §2).</summary>
internal enum ClockState
{
    /// <summary>Nothing is known, or what is known is impossible.</summary>
    Unknown,

    /// <summary>It shows a possible time, and nobody has synchronised it since this boot.</summary>
    Informative,

    /// <summary>It was synchronised earlier in this boot, and has run freely since.</summary>
    Relative,

    /// <summary>It is synchronised.</summary>
    Synchronised,
}
