using System.Text;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Recording;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Tests.Recording;

/// <summary>Seals over a real store, judged by the verifier and by proofs.</summary>
public sealed class HourSealTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SealedSegments _segments;
    private readonly List<Segment> _all = [];

    public HourSealTests() => _segments = new SealedSegments(_time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_seal_is_due_once_an_hour_if_there_is_something_to_seal()
    {
        using var outbox = Open();
        var hour = new HourSeal(outbox, _time);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.False(hour.IsDue);
        Append(outbox, hour, 3);
        Assert.True(hour.IsDue);
        Seal(outbox, hour);
        Append(outbox, hour, 3);
        Assert.False(hour.IsDue);
        _time.Advance(HourSeal.Every);
        Assert.True(hour.IsDue);
    }

    [Fact]
    public void Each_payload_is_covered_once_over_hours_stops_and_crashes()
    {
        for (var boot = 0; boot < 3; boot++)
        {
            using var outbox = Open();
            var hour = new HourSeal(outbox, _time);
            hour.TakeUp();
            Append(outbox, hour, 250 + boot);
            Seal(outbox, hour);
            Append(outbox, hour, 7); // and then the power goes: the next boot has to cover them
        }
        using (var outbox = Open())
        {
            var hour = new HourSeal(outbox, _time);
            hour.TakeUp();
            Seal(outbox, hour);
        }
        using var keys = SealedSegments.TrustedKeys();
        var readings = _all.Where(segment => segment.Stream == Streams.Readings).ToList();
        Assert.Empty(SealedSegments.Judge(_all).Faults);
        foreach (var segment in readings)
        {
            var search = new ProofSearch(keys, Streams.Readings, segment.Sequence);
            if (segment.Sequence % 50 != 1) continue; // each of them takes a look at all lines
            foreach (var line in _all) search.Add(line.Line);
            Assert.Null(Assert.Single(search.Finish(out _)).Objection(keys));
        }
        var spans = _all.Select(segment => Encoding.UTF8.GetString(Envelope.PayloadOf(segment.Line))).Where(payload => payload.Contains("\"k\":\"seal\"", StringComparison.Ordinal))
            .SelectMany(payload => System.Text.Json.JsonElement.Parse(payload).GetProperty("of").EnumerateArray().Where(span => span.GetProperty("st").GetString() == Streams.Readings))
            .Select(span => (span.GetProperty("lo").GetInt64(), span.GetProperty("hi").GetInt64())).ToList();
        Assert.Equal(1, spans[0].Item1);
        Assert.Equal(readings.Count, spans[^1].Item2);
        for (var i = 1; i < spans.Count; i++) Assert.Equal(spans[i - 1].Item2 + 1, spans[i].Item1);
    }

    [Fact]
    public void A_stream_that_the_newest_seal_did_not_name_is_not_sealed_again_from_its_first_payload()
    {
        using (var outbox = Open())
        {
            var hour = new HourSeal(outbox, _time);
            Append(outbox, hour, 20);
            Seal(outbox, hour);
            for (var i = 0; i < 3; i++) Keep(outbox, hour, _segments.Next(Streams.Events, 40, _time.GetUtcNow().ToUnixTimeMilliseconds()));
            Seal(outbox, hour); // nothing new in readings
        }
        using var again = Open();
        var next = new HourSeal(again, _time);
        next.TakeUp();
        Append(again, next, 3);
        Assert.DoesNotContain("\"st\":\"readings\",\"lo\":1,", Encoding.UTF8.GetString(next.Close(Tails(again))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_seal_carries_the_newest_receipt_of_each_stream()
    {
        using var outbox = Open();
        var hour = new HourSeal(outbox, _time);
        Append(outbox, hour, 3);
        outbox.Receipt(Streams.Readings, new StreamReceipt(2, "EGB1|a receipt|{\"hi\":2}"u8.ToArray()));
        Assert.EndsWith(",\"rc\":[\"EGB1|a receipt|{\\\"hi\\\":2}\"]", Encoding.UTF8.GetString(hour.Close(Tails(outbox))), StringComparison.Ordinal);
    }

    private LiteDbOutbox Open() => LiteDbOutbox.Open(_folder.Sub("outbox"), new OutboxSettings(), _time);

    private static Dictionary<string, StreamTail> Tails(LiteDbOutbox outbox) => Streams.InOrderOfUrgency.ToDictionary(stream => stream, stream => outbox.Tail(stream));

    private void Append(LiteDbOutbox outbox, HourSeal hour, int count)
    {
        for (var i = 0; i < count; i++) Keep(outbox, hour, _segments.Next(i % 5 == 0 ? Streams.Events : Streams.Readings, 40, _time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    private void Seal(LiteDbOutbox outbox, HourSeal hour)
    {
        var tails = Tails(outbox);
        Keep(outbox, hour, _segments.Take(_segments.Sealer.SealNow(Streams.Events, tails[Streams.Events], "seal"u8, hour.Close(tails))));
    }

    private void Keep(LiteDbOutbox outbox, HourSeal hour, Segment segment)
    {
        outbox.Append(new([segment]));
        hour.Add(segment);
        _all.Add(segment);
    }
}
