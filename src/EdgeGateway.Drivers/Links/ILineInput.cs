namespace EdgeGateway.Drivers.Links;

/// <summary>What the stream of a serial line knows besides its bytes.</summary>
internal interface ILineInput
{
    /// <summary>True if a read would end at once: bytes have come, or the line has failed.</summary>
    bool HasInput { get; }

    /// <summary>The silence that ends a frame on this line (t3.5); zero where the line has no speed of its own.</summary>
    TimeSpan FrameSilence { get; }
}
