using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Dlt645;

/// <summary>A driver on a scripted line of one meter. The clock is the real one; patience is short.</summary>
internal sealed class MeterBench : IAsyncDisposable
{
    private MeterBench(PollGroup group)
    {
        Group = group;
        Line.OnQuestion = question => Reply(question, (_, _) => null);
    }

    public ScriptedStream Line { get; } = new();
    public IDriver Driver { get; } = new Dlt645Type().Create("line1", TimeProvider.System);
    public PollGroup Group { get; }
    public PollOutcome Outcome { get; private set; }

    /// <summary>Control code and identifier of every question so far, such as <c>11:02010100</c>.</summary>
    public List<string> Asked { get; } = [];

    public static async Task<MeterBench> On(string points, MeterDevice? device = null)
    {
        var bench = new MeterBench(MeterMap.Group(points, device));
        await bench.Driver.AttachAsync(bench.Line, CancellationToken.None);
        return bench;
    }

    /// <summary>
    /// What the meter says: control and identifier as in <see cref="Asked"/>, with the sequence number of a following frame behind a slash, and the data of the
    /// reply behind the identifier as people write it, highest byte first; null for silence, <c>!02</c> for a refusal, <c>+</c> in front where more follows.
    /// </summary>
    public void Says(Func<string, string?> meter) => Line.OnQuestion = question => Reply(question, (_, asked) => meter(asked));

    public void Says(params (string Asked, string Reply)[] replies) => Says(asked => replies.Where(reply => reply.Asked == asked).Select(reply => reply.Reply).FirstOrDefault());

    /// <summary>The frame of a reply as <see cref="Says(Func{string, string})"/> has it.</summary>
    public static byte[] Frame(byte[] question, string reply)
    {
        var (address, control, data) = MeterWire.TakeQuestion([.. question])!.Value; // what the driver sends is a question
        if (reply.StartsWith('!')) return MeterWire.Encode(address, (byte)(control | 0xC0), Convert.FromHexString(reply[1..]), 2);
        var more = reply.StartsWith('+') ? 0x20 : 0;
        var item = data[..(control >= 0x10 ? 4 : 2)];
        byte[] sequence = control == 0x12 ? [data[4]] : [];
        return MeterWire.Encode(address, (byte)(control | 0x80 | more), [.. item, .. Convert.FromHexString(reply.TrimStart('+')).Reverse(), .. sequence], 2);
    }

    public async Task<Sample[]> Poll()
    {
        var sink = new RecordingSink(Group.Points.Length);
        Outcome = await Driver.ReadAsync(Group, sink, CancellationToken.None);
        sink.AssertEachPointHasOneBlock();
        return sink.Samples;
    }

    public static string Text(IEnumerable<Sample> samples) => string.Join(' ', samples.Select(sample => sample.Quality != Quality.Good ? sample.Quality.ToString()
        : sample.Value.AsText ?? FormattableString.Invariant($"{sample.Value.Mantissa}e{sample.Value.Exponent}")));

    public ValueTask DisposeAsync() => Line.DisposeAsync();

    private void Reply(byte[] question, Func<byte, string, string?> meter)
    {
        var (_, control, data) = MeterWire.TakeQuestion([.. question])!.Value; // what the driver sends is a question
        var asked = $"{control:X2}:{Convert.ToHexString([.. data.Take(control >= 0x10 ? 4 : 2).Reverse()])}{(control == 0x12 ? $"/{data[4]}" : "")}";
        Asked.Add(asked);
        if (meter(control, asked) is { } reply) Line.Send(Frame(question, reply));
    }
}
