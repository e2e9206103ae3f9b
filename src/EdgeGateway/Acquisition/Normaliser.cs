using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Acquisition;

/// <summary>Raw samples to readings: scale, the unit's valid range, the states of status words, and the end of NaN and infinity. Pure.</summary>
internal static class Normaliser
{
    /// <summary>Fills <paramref name="readings"/> from the samples of the signals that start at <paramref name="first"/>; returns how many are good.</summary>
    public static int Normalise(SignalGroup group, int first, ReadOnlySpan<Sample> samples, Span<Reading> readings)
    {
        var good = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            readings[i] = Normalise(group.Signals[first + i], samples[i]);
            if (readings[i].Quality == Quality.Good) good++;
        }
        return good;
    }

    /// <summary>The reading of one sample.</summary>
    public static Reading Normalise(Signal signal, in Sample sample)
    {
        if (sample.Quality != Quality.Good) return new Reading(default, sample.Quality);
        if (signal.States is { } states) return states.Of(sample.Value);
        var value = signal.Scaling.Apply(sample.Value, out var quality);
        if (quality != Quality.Good) return new Reading(default, quality);
        if (value.Kind == SampleKind.None) return new Reading(default, Quality.BadReply);
        if (value.Kind == SampleKind.Text) return new Reading(value, Quality.Good);
        var number = value.ToDouble();
        return new Reading(value, number < signal.Min || number > signal.Max ? Quality.OutOfRange : Quality.Good);
    }
}
