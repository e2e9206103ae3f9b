using EdgeGateway.Evidence;
using EdgeGateway.Outbox;

namespace EdgeGateway.Uplink;

/// <summary>
/// At the start of a connection, sends what may have cost the ones before it, one segment at a time with nothing else under way. Before that the
/// connection has to carry heads and a witness: a segment of about the same place that the broker has taken before.
/// </summary>
internal sealed class Trial(MqttLink link, Topics topics, Presence presence, IOutbox outbox, Suspicion suspicion)
{
    private const int Neighbours = 16;

    /// <summary>Returns when nobody is suspected any more; hands every answer to <paramref name="judge"/>.</summary>
    /// <exception cref="LinkLostException">The connection is gone; <see cref="Suspicion.Lost"/> draws the conclusion.</exception>
    public async Task RunAsync(Action<Segment, PublishOutcome> judge, CancellationToken cancellationToken)
    {
        var isProven = false;
        while (suspicion.Suspect is { } suspect)
        {
            if (outbox.Pending(suspect.Stream, suspect.Sequence, suspect.Sequence, 1) is [var segment])
            {
                // Once is enough: each suspect that comes through is as good a witness for the next.
                if (!isProven) await ProveLinkAsync(suspect, cancellationToken).ConfigureAwait(false);
                isProven = true;
                suspicion.SentAlone();
                judge(segment, await PublishAsync(segment, cancellationToken).ConfigureAwait(false));
            }
            suspicion.Acquit();
        }
    }

    private async Task ProveLinkAsync(SegmentName suspect, CancellationToken cancellationToken)
    {
        await presence.PublishHeadsAsync(cancellationToken).ConfigureAwait(false);
        if (Witness(suspect) is { } witness) await PublishAsync(witness, cancellationToken).ConfigureAwait(false);
    }

    private Task<PublishOutcome> PublishAsync(Segment segment, CancellationToken cancellationToken) =>
        link.PublishAsync(topics.Backlog(segment.Stream), segment.Line, retain: false, cancellationToken);

    /// <summary>The longest delivered one among the neighbours before the suspect: a link that is bad for long packets has to fail here.</summary>
    private Segment? Witness(SegmentName suspect)
    {
        var (low, high) = (Math.Max(1, suspect.Sequence - Neighbours), suspect.Sequence - 1);
        var pending = outbox.Pending(suspect.Stream, low, high, Neighbours).Select(segment => segment.Sequence).ToHashSet();
        return outbox.Stored(suspect.Stream, low, high, Neighbours).Where(segment => segment.IsSigned && !pending.Contains(segment.Sequence)).MaxBy(segment => segment.Line.Length);
    }
}
