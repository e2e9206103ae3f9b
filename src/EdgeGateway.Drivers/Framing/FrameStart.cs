namespace EdgeGateway.Drivers.Framing;

/// <summary>What stands at the start of some bytes.</summary>
internal enum FrameStart : byte
{
    /// <summary>No frame begins here.</summary>
    None,

    /// <summary>A frame may begin here; more bytes will tell.</summary>
    Partial,

    /// <summary>A whole frame whose check is right.</summary>
    Whole,
}
