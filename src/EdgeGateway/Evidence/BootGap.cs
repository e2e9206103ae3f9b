namespace EdgeGateway.Evidence;

/// <summary>A gap of cause <c>stopped</c> or <c>crashed</c>: the first payload of a boot names the boot before.</summary>
internal sealed record BootGap(ulong PreviousBoot) : IPayloadBody;
