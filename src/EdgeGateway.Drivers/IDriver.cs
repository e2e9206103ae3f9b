namespace EdgeGateway.Drivers;

/// <summary>
/// One protocol's side of one line. Called by one worker only, one call at a time. A driver owns no connection, no schedule and no retry:
/// the worker gives it a stream, asks for one group at a time, and drops the stream when the driver says the line is down. Several
/// drivers may take turns on one stream.
/// </summary>
public interface IDriver
{
    /// <summary>A new stream is there: forget everything about the one before, and open a session where the protocol has one.</summary>
    /// <exception cref="LineDownException">No conversation is possible on this stream.</exception>
    ValueTask AttachAsync(Stream link, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the device for every point of <paramref name="group"/> once and puts the answers into <paramref name="sink"/>. Each point
    /// ends as exactly one sample; a refusal or silence of the device is a quality, not an exception. An answer that does not belong to
    /// the question is never taken for one.
    /// </summary>
    /// <exception cref="LineDownException">The stream is closed or no longer speaks the protocol.</exception>
    /// <exception cref="OperationCanceledException">The worker is stopping.</exception>
    ValueTask<PollOutcome> ReadAsync(PollGroup group, ISampleSink sink, CancellationToken cancellationToken);
}
