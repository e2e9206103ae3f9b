using System.Collections.Immutable;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// How a value moves from one answer to the next, in engineering units. Immutable: the moving part is the device's own. Wandering,
/// counting and ramping values differ from answer to answer, so that comparing them proves something.
/// </summary>
internal sealed class Waveform
{
    private Waveform(WaveformKind kind) => Kind = kind;

    public WaveformKind Kind { get; }

    /// <summary>Of a wander: the set point.</summary>
    public double Mean { get; private init; }

    /// <summary>Of a wander: the standard deviation around the set point.</summary>
    public double Spread { get; private init; }

    /// <summary>Of a wander: never below.</summary>
    public double Min { get; private init; }

    /// <summary>Of a wander: never above.</summary>
    public double Max { get; private init; }

    /// <summary>Of a wander: the share (-1 to 1) that follows the load of the device, common to all its points.</summary>
    public double Coupling { get; private init; }

    /// <summary>Of a counter or ramp: the first value; of a constant: the value.</summary>
    public decimal Start { get; private init; }

    /// <summary>Of a ramp: after this value it starts again.</summary>
    public decimal Stop { get; private init; }

    /// <summary>Of a ramp: the step per answer; of a counter: the mean step per answer.</summary>
    public decimal Step { get; private init; }

    /// <summary>Of codes: the raw numbers shown in turn; those the type cannot hold are left out.</summary>
    public ImmutableArray<long> Codes { get; private init; } = [];

    /// <summary>Of a toggle, text or codes: after how many answers it changes.</summary>
    public int Every { get; private init; } = 1;

    /// <summary>Of a text: what is shown in turn.</summary>
    public ImmutableArray<string> Texts { get; private init; } = [];

    /// <summary>Noise around a set point that always returns to it.</summary>
    public static Waveform Wander(double mean, double spread, double min, double max, double coupling = 0.3)
    {
        if (!(min < max) || !(mean >= min) || !(mean <= max) || !(spread > 0))
            throw new ArgumentException($"wander {mean}±{spread} in {min}..{max}: expected min <= mean <= max, min < max and a spread over 0");
        if (!(Math.Abs(coupling) <= 1)) throw new ArgumentOutOfRangeException(nameof(coupling), coupling, "expected -1 to 1");
        return new(WaveformKind.Wander) { Mean = mean, Spread = spread, Min = min, Max = max, Coupling = coupling };
    }

    /// <summary>Rises with every answer by half to one and a half <paramref name="step"/>;
    /// an integer that is full starts again at zero, as meters do.</summary>
    public static Waveform Counter(decimal start, decimal step) => step > 0
        ? new(WaveformKind.Counter) { Start = start, Step = step }
        : throw new ArgumentOutOfRangeException(nameof(step), step, "a counter rises: expected a step over 0");

    /// <summary>Always the same.</summary>
    public static Waveform Constant(decimal value) => new(WaveformKind.Constant) { Start = value };

    /// <summary>Zero and one in turn, changing after <paramref name="every"/> answers.</summary>
    public static Waveform Toggle(int every = 1) => new(WaveformKind.Toggle) { Every = AtLeastOne(every) };

    /// <summary><paramref name="from"/>, from + step, … up to <paramref name="to"/>, and again.</summary>
    public static Waveform Ramp(decimal from, decimal to, decimal step) => step != 0 && (to - from) / step >= 1
        ? new(WaveformKind.Ramp) { Start = from, Stop = to, Step = step }
        : throw new ArgumentException($"ramp {from}..{to} by {step}: expected a step that leads from the first to the last");

    /// <summary>The texts in turn, changing with every answer; one text stays.</summary>
    public static Waveform Text(params string[] texts) => Text(1, texts);

    /// <summary>The texts in turn, changing after <paramref name="every"/> answers.</summary>
    public static Waveform Text(int every, params string[] texts) => texts.Length > 0
        ? new(WaveformKind.Text) { Texts = [.. texts], Every = AtLeastOne(every) }
        : throw new ArgumentException("expected at least one text", nameof(texts));

    /// <summary>Raw numbers in turn, as they stand in the registers, changing after <paramref name="every"/> answers.</summary>
    public static Waveform Code(int every, params ReadOnlySpan<long> codes) => codes.Length > 0
        ? new(WaveformKind.Codes) { Codes = [.. codes], Every = AtLeastOne(every) }
        : throw new ArgumentException("expected at least one code", nameof(codes));

    private static int AtLeastOne(int every) =>
        every >= 1 ? every : throw new ArgumentOutOfRangeException(nameof(every), every, "expected 1 answer or more");
}
