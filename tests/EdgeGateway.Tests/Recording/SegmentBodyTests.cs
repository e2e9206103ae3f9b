using System.Text.Json;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Recording;

namespace EdgeGateway.Tests.Recording;

public sealed class SegmentBodyTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_row_stands_as_the_wire_page_has_it()
    {
        var group = Plants.Group("cems1", "fast", 3, Second, change: (i, signal) => i == 0 ? signal with { FactorCode = "a21026" } : signal);
        var body = new SegmentBody(60_000) { T0 = 1000 };
        Assert.Equal(RowFit.Added, body.TryAdd(Block(group, 0, 7, 1012, Good(1230, -2), Good(-5, -3), new Reading(default, Quality.Timeout)), 0, 3));
        Assert.Equal(
            """{"x":0,"g":[{"id":"cems1/fast","pm":1000,"n":3,"o":0,"s":[["cems1.s0","mg/m3","a21026"],["cems1.s1","mg/m3",""],["cems1.s2","mg/m3",""]]}],"r":[[0,0,7,12,[12.30,-0.005,null],[0,0,2]]]}""",
            Text(body));
        Assert.Equal((1012, 3), (body.T1, body.Readings));
    }

    [Fact]
    public void All_good_needs_no_quality_and_one_reason_for_all_stands_once()
    {
        var group = Plants.Group("d", "g", 2, Second);
        var body = new SegmentBody(60_000) { T0 = 0 };
        body.TryAdd(Block(group, 0, 0, 0, Good(1, 0), Good(0, 3)), 0, 2);
        body.TryAdd(Block(group, 0, 1, 5, new Reading(default, Quality.NotAsked), new Reading(default, Quality.NotAsked)), 0, 2);
        Assert.EndsWith(""","r":[[0,0,0,0,[1,0]],[0,0,1,5,[null,null],11]]}""", Text(body), StringComparison.Ordinal);
    }

    [Fact]
    public void Floats_read_back_to_the_same_bits()
    {
        float[] values = [12.3f, float.Epsilon, float.MaxValue, -0f, 1e-7f, 16777216f, 0.1f];
        var group = Plants.Group("d", "g", values.Length, Second);
        var body = new SegmentBody(60_000) { T0 = 0 };
        body.TryAdd(Block(group, 0, 0, 0, [.. values.Select(value => new Reading(SampleValue.OfBinary32(value), Quality.Good))]), 0, values.Length);
        using var json = JsonDocument.Parse(Text(body));
        var read = json.RootElement.GetProperty("r")[0][4].EnumerateArray().Select(element => element.GetSingle());
        Assert.Equal(values.Select(BitConverter.SingleToInt32Bits), read.Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void Text_is_escaped_and_comes_back()
    {
        const string nasty = "运行\"\\\u0001é😀\n|~";
        var group = Plants.Group("d", "g", 1, Second);
        var body = new SegmentBody(60_000) { T0 = 0 };
        body.TryAdd(Block(group, 0, 0, 0, new Reading(SampleValue.OfText(nasty), Quality.Good)), 0, 1);
        var text = Text(body);
        Assert.DoesNotContain('\n', text);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(nasty, json.RootElement.GetProperty("r")[0][4][0].GetString());
    }

    [Fact]
    public void A_full_payload_says_so_and_keeps_what_it_has()
    {
        var group = Plants.Group("d", "g", 100, Second);
        var body = new SegmentBody(8_000) { T0 = 0 };
        var rows = 0;
        while (body.TryAdd(Block(group, 0, rows, rows, [.. Enumerable.Range(0, 100).Select(i => Good(i * 1000, -2))]), 0, 100) == RowFit.Added) rows++;
        Assert.InRange(rows, 2, 20);
        using var json = JsonDocument.Parse(Text(body));
        Assert.Equal(rows, json.RootElement.GetProperty("r").GetArrayLength());
        Assert.Equal(rows * 100, body.Readings);
        body.Clear();
        Assert.True(body.IsEmpty);
    }

    [Fact]
    public void A_row_too_long_for_any_payload_is_to_be_halved()
    {
        var group = Plants.Group("d", "g", PollGroup.MaxPoints, Second);
        var text = new Reading(SampleValue.OfText(new string('字', 256)), Quality.Good);
        var block = Block(group, 0, 0, 0, [.. Enumerable.Repeat(text, PollGroup.MaxPoints)]);
        var body = new SegmentBody(60_000) { T0 = 0 };
        Assert.Equal(RowFit.TooLong, body.TryAdd(block, 0, 250));
        Assert.True(body.IsEmpty);
        Assert.Equal(RowFit.Added, body.TryAdd(block, 10, 15));
        using var json = JsonDocument.Parse(Text(body));
        Assert.Equal(10, json.RootElement.GetProperty("r")[0][1].GetInt32());
    }

    [Fact]
    public void The_longest_names_a_configuration_allows_leave_room_for_values()
    {
        var longest = new string('n', SignalId.MaxPartLength);
        var group = Plants.Group(longest, longest, PollGroup.MaxPoints, Second, change: (i, signal) => signal with
        {
            Id = SignalId.Of(longest, $"{i:000}" + longest[3..]),
            Unit = new string('\u00b5', 24),
            FactorCode = "a21026",
        });
        var body = new SegmentBody(new SealedSegments().Sealer.MaxBodyBytes) { T0 = 0 };
        var block = Block(group, 0, 0, 0, [.. Enumerable.Repeat(Good(-123456789012, -6), PollGroup.MaxPoints)]);
        var rest = new Queue<(int First, int Count)>([(0, PollGroup.MaxPoints)]);
        var readings = 0;
        while (rest.TryDequeue(out var row))
        {
            switch (body.TryAdd(block, row.First, row.Count))
            {
                case RowFit.TooLong:
                    rest.Enqueue((row.First, row.Count / 2));
                    rest.Enqueue((row.First + row.Count / 2, row.Count - row.Count / 2));
                    break;
                case RowFit.Full:
                    readings += Sealed();
                    rest.Enqueue(row);
                    break;
            }
        }
        Assert.Equal(PollGroup.MaxPoints, readings + Sealed());

        int Sealed()
        {
            var count = body.Readings;
            new SealedSegments().Sealer.Seal("readings", default, "data"u8, 0, 0, body.Close(), count);
            body.Clear();
            return count;
        }
    }

    private static Reading Good(long mantissa, sbyte exponent) => new(SampleValue.OfExact(mantissa, exponent), Quality.Good);

    private static ReadingBlock Block(SignalGroup group, int first, long slot, long utcMs, params Reading[] readings)
    {
        var block = new ReadingBlock();
        block.Reset(group, first, readings.Length, slot);
        block.UtcMs = utcMs;
        readings.CopyTo(block.Readings);
        return block;
    }

    private static string Text(SegmentBody body) => "{\"x\":0" + System.Text.Encoding.UTF8.GetString(body.Close()) + "}";
}
