namespace EdgeGateway.Evidence;

/// <summary>What the checks of docs/wire.md §6 need to know of one payload; its bytes are not kept.</summary>
internal sealed record PayloadFacts
{
    /// <summary>Member <c>k</c>, also of kinds this version does not know.</summary>
    public required string Kind { get; init; }

    /// <summary>The site it names; no part of any key.</summary>
    public string Site { get; init; } = "";

    public required StreamKey Stream { get; init; }
    public required long Sequence { get; init; }

    /// <summary>Chain hash of the payload itself.</summary>
    public required ChainHash Hash { get; init; }

    /// <summary>The chain hash it names: of its predecessor, or of the newest payload where it is a statement about one.</summary>
    public required ChainHash Previous { get; init; }

    /// <summary>Boot id, as the number its 16 hexadecimal digits are.</summary>
    public required ulong Boot { get; init; }

    /// <summary>Unix ms.</summary>
    public required long T0 { get; init; }

    /// <summary>Unix ms.</summary>
    public required long T1 { get; init; }

    /// <summary>Milliseconds since the boot.</summary>
    public required long Monotonic { get; init; }

    /// <summary>What <c>tq</c> says the wall clock may be wrong by, ms, as far as a check believes it: 0 to 60,000.</summary>
    public required long ClockErrorMs { get; init; }

    /// <summary>The part of the body that a check reads; null if none does.</summary>
    public required IPayloadBody? Body { get; init; }

    /// <summary>Everything but heads, births and wills has a place in the sequence.</summary>
    public bool IsSequenced => Kind is not ("head" or "birth" or "will");

    /// <summary>Values in all rows.</summary>
    public int Readings => Body is DataBody data ? data.Readings : 0;
}
