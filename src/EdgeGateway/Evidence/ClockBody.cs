namespace EdgeGateway.Evidence;

/// <summary>An event <c>clock</c> that says that the wall clock stepped.</summary>
internal sealed record ClockBody(ClockStep Step) : IPayloadBody;
