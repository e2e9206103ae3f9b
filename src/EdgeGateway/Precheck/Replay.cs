using EdgeGateway.Evidence;

namespace EdgeGateway.Precheck;

/// <summary>Feeds recorded lines to a book, as if their readings came now. Nothing is verified here: that is what <c>verify</c> is for.</summary>
internal sealed class Replay(AggregateBook book)
{
    private readonly AggregateHistory _history = new(book);
    private readonly PayloadParser _parser = new(keepsRows: false);

    /// <summary>Payloads with readings that were taken.</summary>
    public long Payloads { get; private set; }

    /// <summary>Minutes that were closed.</summary>
    public long Minutes { get; private set; }

    /// <summary>Takes a line; the periods it closes. Lines without readings close none.</summary>
    public IReadOnlyList<ClosedPeriod> Take(ReadOnlyMemory<byte> line)
    {
        var payload = Envelope.PayloadOf(line.Span).ToArray();
        if (_parser.TryParse(payload, out _) is not { Body: DataBody } facts) return [];
        if (book.Open is null) book.OpenAt(ChinaTime.StartOf(facts.T0, ChinaTime.Minute));
        _history.TakeReadings(payload);
        book.Advance();
        Payloads++;
        var closed = book.TakeClosed();
        Minutes += closed.Count(period => period.Period == AggregatePeriod.Minute);
        return closed;
    }
}
