namespace EdgeGateway;

/// <summary>An event on its way to the record; see <see cref="EventQueue.RecordAsync"/>.</summary>
internal sealed record RequestedEvent(string Name, string Members, long? Command)
{
    /// <summary>Completes when the event is on disk.</summary>
    public TaskCompletionSource Recorded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
