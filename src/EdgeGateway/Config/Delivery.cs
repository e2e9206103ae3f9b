namespace EdgeGateway.Config;

/// <summary>What releases a segment.</summary>
internal enum Delivery
{
    /// <summary>The broker's acknowledgement.</summary>
    PubAck,

    /// <summary>The platform's signed receipt: until then nothing leaves the store without a gap record.</summary>
    Receipt,
}
