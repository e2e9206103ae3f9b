namespace EdgeGateway.Drivers;

/// <summary>
/// One protocol's side of one line. Called by one worker only, one call at a time. A driver owns no connection, no schedule and no retry:
/// the worker gives it a stream, asks for one group at a time, and drops the stream when the driver says the line is down. Several
/// drivers may take turns on one stream. A driver whose protocol lives in sessions that outlive their connections is the exception: it dials by itself, the stream
/// stands for its conversation (see <c>LinkDial</c>), attaching says whether that is there, and it is disposed (<see cref="IAsyncDisposable"/>) when the line is served
/// no longer.
/// </summary>
public interface IDriver
{
    /// <summary>A new stream is there: forget everything about the one before, and open a session where the protocol has one.</summary>
    /// <exception cref="LineDownException">No conversation is possible on this stream.</exception>
    ValueTask AttachAsync(Stream link, CancellationToken cancellationToken);

    /// <summary>
    /// A driver of another protocol has used the stream since this one's last call; it is this one's turn again. Called between two reads, never
    /// before <see cref="AttachAsync"/>. Bytes kept from before belong to nobody and are forgotten; the line counts as heard just now, so that the
    /// silence before the next question is kept; what was learned of the devices, and which answers are still to come, stays. The worker has
    /// waited before, for as long as the device had that let the other driver down, and thrown away what came. Nothing to do for a driver that keeps neither bytes nor times
    /// between two reads.
    /// </summary>
    void TakeTurn()
    {
    }

    /// <summary>
    /// Asks the device for every point of <paramref name="group"/> once and puts the answers into <paramref name="sink"/>. Each point
    /// ends as exactly one sample; a refusal or silence of the device is a quality, not an exception. An answer that does not belong to
    /// the question is never taken for one.
    /// </summary>
    /// <exception cref="LineDownException">The stream is closed or no longer speaks the protocol.</exception>
    /// <exception cref="OperationCanceledException">The worker is stopping.</exception>
    ValueTask<PollOutcome> ReadAsync(PollGroup group, ISampleSink sink, CancellationToken cancellationToken);

    /// <summary>
    /// Asks a device that has been silent whether it is there again, with the cheapest question it is known to answer; true if anything of it came within
    /// <paramref name="patience"/>. A driver without such a question says true, and the device is polled in full.
    /// </summary>
    /// <param name="group">The group whose slot it is.</param>
    /// <param name="patience">How long to wait, at most <see cref="DeviceSettings.Timeout"/>.</param>
    /// <param name="cancellationToken">The worker is stopping.</param>
    /// <exception cref="LineDownException">The stream is closed or no longer speaks the protocol.</exception>
    /// <exception cref="OperationCanceledException">The worker is stopping.</exception>
    ValueTask<bool> ProbeAsync(PollGroup group, TimeSpan patience, CancellationToken cancellationToken) => ValueTask.FromResult(true);
}
