namespace EdgeGateway.Drivers;

/// <summary>What a poll says about its device; the samples themselves carry the detail.</summary>
public enum PollOutcome
{
    /// <summary>The device answered at least one question (values or refusals).</summary>
    Answered,

    /// <summary>The device let every question time out; the line itself may be fine.</summary>
    Silent,
}
