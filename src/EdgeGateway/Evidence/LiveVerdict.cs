namespace EdgeGateway.Evidence;

/// <summary>What a line is to a receiver that takes lines as they come.</summary>
internal enum LiveVerdict
{
    /// <summary>A sequenced payload that was not here before: keep it.</summary>
    New,

    /// <summary>A payload that was here before: harmless, nothing to keep.</summary>
    Duplicate,

    /// <summary>A second payload for the same place in the sequence: evidence against the gateway, to be kept apart.</summary>
    Fork,

    /// <summary>Not acceptable: form, kind, key, signature, or more streams than the receiver can follow.</summary>
    Refused,

    /// <summary>A head, birth or will: a statement outside the sequence.</summary>
    State,
}
