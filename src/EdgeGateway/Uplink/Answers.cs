using System.Collections.Immutable;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Uplink;

/// <summary>Draws the conclusion from each answer of the broker: for the segment, its stream, the connection.</summary>
internal sealed class Answers(Uri broker, IOutbox outbox, UplinkMemory memory, GatewayStatus status, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan ForbiddenRest = TimeSpan.FromMinutes(5);

    /// <summary>The lanes of the connection; a refused stream rests in both of its own.</summary>
    public ImmutableArray<Lane> Lanes { get; set; } = [];

    /// <summary>The rest of the whole connection.</summary>
    public Standstill Standstill { get; } = new(time);

    /// <summary>What becomes of a segment that the broker has answered for.</summary>
    /// <exception cref="LinkLostException">The answer says that only a new connection helps.</exception>
    public void Judge(Segment segment, PublishOutcome outcome)
    {
        if (outcome == PublishOutcome.Acknowledged)
        {
            Acknowledged(segment);
            return;
        }
        status.CountRefused();
        switch (outcome)
        {
            case PublishOutcome.Unacceptable:
                log.Quarantined(segment.Stream, segment.Sequence);
                outbox.Quarantine(segment.Stream, segment.Sequence);
                break;
            case PublishOutcome.Forbidden:
                if (!IsResting(segment.Stream)) log.Forbidden(segment.Stream, ForbiddenRest.TotalMinutes);
                Rest(segment.Stream, ForbiddenRest);
                break;
            case PublishOutcome.NobodyListens:
                if (!Standstill.IsProbing) log.NobodyListens();
                status.Uplink = $"connected to {broker}, but no platform listens there";
                Standstill.Begin();
                break;
            case PublishOutcome.TooFast:
                if (!Standstill.Begin()) break; // as above: one window full of refusals is one reason to slow down
                memory.Throttle.SlowDown();
                log.Slower(memory.Throttle.Window, memory.Throttle.Backlog.PerSecond);
                break;
            case PublishOutcome.Confused:
                throw new LinkLostException($"broker {broker} says that the packet identifier of {segment.Stream} {segment.Sequence} is in use (0x91): the connection is made anew");
            default:
                Unwell(segment);
                break;
        }
    }

    private void Acknowledged(Segment segment)
    {
        outbox.Acknowledge(segment.Stream, segment.Sequence);
        memory.Recent.Add(segment);
        memory.Refusals.Taken();
        memory.Refusals.Forget(new SegmentName(segment.Stream, segment.Sequence));
        memory.Throttle.Acknowledged();
        status.CountPublished();
        if (Standstill.IsProbing) status.Uplink = $"connected to {broker}";
        Standstill.Acknowledged();
    }

    private void Unwell(Segment segment)
    {
        var name = new SegmentName(segment.Stream, segment.Sequence);
        if (memory.Refusals.IsOneTooMany(name, out var rest))
        {
            log.RefusedTooOften(name, RepeatedRefusals.Most);
            outbox.Quarantine(name.Stream, name.Sequence);
            memory.Refusals.Forget(name);
            return;
        }
        if (!IsResting(name.Stream)) log.Unwell(name, rest.TotalSeconds);
        Rest(name.Stream, rest);
    }

    // The others of the same window are refused as well: one of them is enough to say it.
    private bool IsResting(string stream) => Lanes.Any(lane => lane.Stream == stream && lane.RestUntil > time.GetTimestamp());

    private void Rest(string stream, TimeSpan rest)
    {
        var until = time.GetTimestamp() + (long)(rest.TotalSeconds * time.TimestampFrequency);
        foreach (var lane in Lanes)
            if (lane.Stream == stream) lane.RestUntil = Math.Max(lane.RestUntil, until);
    }
}
