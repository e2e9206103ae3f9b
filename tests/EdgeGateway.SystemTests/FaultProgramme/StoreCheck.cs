using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>G against R: the receiver holds nothing the gateway does not know, and everything the gateway takes for delivered.</summary>
internal static class StoreCheck
{
    public static IEnumerable<string> Judge(GatewayLedger gateway, Reception reception, bool brokerLies)
    {
        foreach (var received in reception.Distinct.Where(payload => payload.Facts.IsSequenced && payload.Facts.Stream.Epoch == gateway.Epoch))
        {
            var (stream, sequence) = (received.Facts.Stream.Stream, received.Facts.Sequence);
            if (gateway.At(stream, sequence) is not { } kept)
            {
                if (!gateway.IsRetired(stream, sequence)) yield return $"G/R: the receiver has {stream} {sequence}, the gateway does not know it (its newest is {gateway.Tail(stream)})";
            }
            else if (!kept.Segment.Line.AsSpan().SequenceEqual(received.Line))
            {
                yield return $"G/R: {stream} {sequence} is not the same at the gateway and the receiver";
            }
        }
        if (brokerLies) yield break;
        var had = reception.Distinct.Where(payload => payload.Facts.IsSequenced && payload.Facts.Stream.Epoch == gateway.Epoch).Select(payload => payload.Facts.Hash).ToHashSet();
        var absent = gateway.Segments.Where(kept => kept.IsDelivered && !had.Contains(kept.Segment.Hash)).Select(kept => kept.Segment).ToList();
        if (absent.Count > 0)
            yield return $"G/R: the gateway takes {absent.Count} segments for delivered that the receiver never got, the first {absent[0].Stream} {absent[0].Sequence}";
    }
}
