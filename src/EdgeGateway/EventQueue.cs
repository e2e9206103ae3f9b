using System.Threading.Channels;

namespace EdgeGateway;

/// <summary>
/// What other steps want on record in the stream <c>events</c>: the recorder seals it and says when it is on disk. Bounded: who asks waits while it is full.
/// </summary>
internal sealed class EventQueue(int capacity = 64)
{
    private readonly Channel<RequestedEvent> _events = Channel.CreateBounded<RequestedEvent>(
        new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public ChannelReader<RequestedEvent> Reader => _events.Reader;

    /// <summary>The recorder takes no more: it has said that it stops.</summary>
    public void Close() => _events.Writer.TryComplete();

    /// <summary>Returns when the event is sealed and on disk.</summary>
    /// <param name="name">The member <c>ev</c> of docs/wire.md §4.2.</param>
    /// <param name="members">Further members as JSON, each with its comma in front and none named like one of docs/wire.md §2; empty for none.</param>
    /// <param name="command">Counter of the platform's command that this event records; it goes to disk in the same commit.</param>
    /// <param name="cancellationToken">Ends the waiting; the event may still be recorded.</param>
    /// <exception cref="ChannelClosedException">The gateway stops and records no more.</exception>
    public async Task RecordAsync(string name, string members, long? command, CancellationToken cancellationToken)
    {
        var requested = new RequestedEvent(name, members, command);
        await _events.Writer.WriteAsync(requested, cancellationToken).ConfigureAwait(false);
        await requested.Recorded.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
