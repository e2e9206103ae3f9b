namespace EdgeGateway.PlantSimulator;

/// <summary>Plausible movements for the signals of a plant, chosen by what the configuration says of them.</summary>
internal static class Waveforms
{
    // By HJ 212 factor code (HJ 212-2017 App. B): set points of a waste-to-energy stack with working flue gas cleaning.
    private static readonly Dictionary<string, Waveform> ByFactor = new(StringComparer.OrdinalIgnoreCase)
    {
        ["a21026"] = Waveform.Wander(12, 3, 0, 60),            // SO2, mg/m3
        ["a21002"] = Waveform.Wander(28, 6, 0, 150),           // NOx, mg/m3
        ["a21024"] = Waveform.Wander(6, 1.5, 0, 40),           // HCl, mg/m3
        ["a21005"] = Waveform.Wander(9, 3, 0, 80),             // CO, mg/m3
        ["a21001"] = Waveform.Wander(2.2, 0.5, 0, 15),         // NH3, mg/m3
        ["a34013"] = Waveform.Wander(3.5, 0.8, 0, 30),         // dust, mg/m3
        ["a19001"] = Waveform.Wander(16.5, 0.4, 3, 20.9, -0.5), // O2, %: falls as the load rises
        ["a01011"] = Waveform.Wander(14.5, 0.8, 0, 40, 0.6),   // velocity, m/s
        ["a01012"] = Waveform.Wander(132, 2.5, 0, 300),        // temperature, °C
        ["a01013"] = Waveform.Wander(-0.35, 0.05, -5, 5),      // pressure, kPa
        ["a01014"] = Waveform.Wander(18, 0.9, 0, 40),          // moisture, %
        ["a00000"] = Waveform.Wander(36, 2, 0, 200, 0.6),      // flow, m3/s
        ["w01001"] = Waveform.Wander(7.4, 0.1, 0, 14),         // pH of waste water
        ["w01018"] = Waveform.Wander(32, 4, 0, 500),           // COD, mg/L
        ["w21003"] = Waveform.Wander(1.8, 0.4, 0, 50),         // ammonia nitrogen, mg/L
    };

    // By unit, without case and blanks.
    private static readonly Dictionary<string, Waveform> ByUnit = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mg/m3"] = Waveform.Wander(10, 2, 0, 100),
        ["mg/l"] = Waveform.Wander(20, 3, 0, 500),
        ["ppm"] = Waveform.Wander(15, 3, 0, 500),
        ["%"] = Waveform.Wander(55, 4, 0, 100),
        ["°c"] = Waveform.Wander(85, 3, -20, 1200),
        ["℃"] = Waveform.Wander(85, 3, -20, 1200),
        ["k"] = Waveform.Wander(358, 3, 250, 1500),
        ["pa"] = Waveform.Wander(-350, 40, -5000, 5000),
        ["kpa"] = Waveform.Wander(-0.4, 0.08, -100, 100),
        ["mpa"] = Waveform.Wander(4, 0.08, 0, 20),
        ["bar"] = Waveform.Wander(6, 0.1, 0, 60),
        ["m/s"] = Waveform.Wander(14, 0.8, 0, 40, 0.6),
        ["m3/s"] = Waveform.Wander(36, 2, 0, 200, 0.6),
        ["m3/h"] = Waveform.Wander(420, 20, 0, 500_000, 0.6),
        ["t/h"] = Waveform.Wander(22, 1, 0, 500, 0.6),
        ["m3"] = Waveform.Counter(52_000, 1),
        ["t"] = Waveform.Counter(18_000, 0.1m),
        ["m"] = Waveform.Wander(3.2, 0.15, 0, 20),
        ["mm"] = Waveform.Wander(320, 15, 0, 2000),
        ["a"] = Waveform.Wander(42, 2, 0, 1000, 0.7),
        ["ma"] = Waveform.Wander(12, 0.6, 4, 20),
        ["v"] = Waveform.Wander(398, 2, 0, 500, -0.2),
        ["kv"] = Waveform.Wander(62, 2, 0, 120),
        ["hz"] = Waveform.Wander(49.99, 0.02, 45, 55, 0),
        ["kw"] = Waveform.Wander(185, 8, 0, 5000, 0.7),
        ["kvar"] = Waveform.Wander(60, 4, -5000, 5000, 0.7),
        ["kva"] = Waveform.Wander(195, 8, 0, 5000, 0.7),
        ["kwh"] = Waveform.Counter(120_000, 0.5m),
        ["mwh"] = Waveform.Counter(1_200, 0.01m),
        ["kvarh"] = Waveform.Counter(40_000, 0.2m),
        ["rpm"] = Waveform.Wander(985, 4, 0, 3600, 0.5),
        ["r/min"] = Waveform.Wander(985, 4, 0, 3600, 0.5),
        ["ph"] = Waveform.Wander(5.8, 0.12, 0, 14),
        ["kg/m3"] = Waveform.Wander(1120, 8, 900, 1400),
        ["us/cm"] = Waveform.Wander(850, 20, 0, 20_000),
        ["ntu"] = Waveform.Wander(4, 0.8, 0, 100),
    };

    private static readonly Waveform Default = Waveform.Wander(50, 4, 0, 100);

    // Work state of an analyzer: measuring nearly always. Changes only when a test says so.
    private static readonly Waveform State = Waveform.Constant(0);

    private static readonly Waveform PowerFactor = Waveform.Wander(0.93, 0.01, 0, 1);

    // Across a bag filter: ducts are below the pressure outside, a drop over a filter is above zero.
    private static readonly Waveform PressureDrop = Waveform.Wander(1200, 60, 0, 5000, 0.6);

    // A bypass damper that is closed, as far as its position transmitter can tell.
    private static readonly Waveform Leakage = Waveform.Wander(0.6, 0.1, 0, 100);

    // Long enough to be seen in a demonstration, short enough to see several.
    private const int CodeStay = 5;

    private static readonly string[] StateWords = ["state", "status", "alarm", "fault", "mode"];

    /// <summary>A movement for a signal; empty texts for what is not known. Never fails: there is a sane default.</summary>
    /// <param name="unit">Unit as the configuration prints it.</param>
    /// <param name="factorCode">HJ 212 factor code; null or empty for none.</param>
    /// <param name="role">What rules know it as, for example <c>outlet.so2</c>; null or empty for nothing.</param>
    /// <param name="name">Name of the signal.</param>
    public static Waveform For(string unit, string? factorCode, string? role, string name)
    {
        factorCode ??= "";
        role ??= "";
        var plainUnit = Plain(unit);
        // Raw gas before the scrubber carries the same factor at some twenty times the level.
        if (factorCode.Equals("a21026", StringComparison.OrdinalIgnoreCase) && Says(role, name, "inlet"))
            return Waveform.Wander(860, 60, 0, 5000, 0.7);
        if (ByFactor.TryGetValue(factorCode, out var byFactor)) return byFactor;
        if (plainUnit.Length == 0 && Says(role, name, StateWords)) return State;
        if (plainUnit == "%" && Says(role, name, "o2", "oxygen")) return ByFactor["a19001"];
        if (Says(role, name, "ph") && plainUnit.Length == 0) return ByUnit["ph"];
        if (Says(role, name, "pf") && plainUnit.Length == 0) return PowerFactor;
        if (Says(role, name, "dp") && plainUnit == "Pa") return PressureDrop;
        if (Says(role, name, "bypass") && plainUnit == "%") return Leakage;
        return ByUnit.TryGetValue(plainUnit, out var byUnit) ? byUnit : Default;
    }

    /// <summary>The codes of a status word in turn.</summary>
    public static Waveform For(StateWord states, PointType type) => type is PointType.String or PointType.Ascii or PointType.HighCharacters or PointType.LowCharacters or PointType.Gbk
        ? Waveform.Text(CodeStay, [.. states.Texts])
        : Waveform.Code(CodeStay, states.Numbers.AsSpan());

    /// <summary>As <see cref="For(string, string?, string?, string)"/>, for a point of <paramref name="type"/>: bits toggle, text is text.</summary>
    public static Waveform For(PointType type, string unit, string? factorCode, string? role, string name) => type switch
    {
        PointType.Gbk => Waveform.Text(20, "运行", "校准", "运行", "反吹"),
        PointType.Ascii or PointType.HighCharacters or PointType.LowCharacters => Waveform.Text(20, "RUN", "CAL", "RUN", "PURGE"),
        PointType.Bool when Says(role ?? "", name, "alarm", "fault", "trip") => State,
        PointType.Bool => Waveform.Toggle(25),
        PointType.String => Waveform.Text(20, "RUN", "CAL", "RUN", "PURGE"),
        _ => For(unit, factorCode, role, name),
    };

    private static string Plain(string unit) =>
        unit.Replace(" ", "", StringComparison.Ordinal).Replace("³", "3", StringComparison.Ordinal).Replace("µ", "u", StringComparison.Ordinal)
            .Replace("Nm3", "m3", StringComparison.OrdinalIgnoreCase);

    // Whole words only, so that "graph" is no pH.
    private static bool Says(string role, string name, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            if (HasWord(role, word) || HasWord(name, word)) return true;
        return false;
    }

    private static bool HasWord(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + word.Length;
            if ((at == 0 || !char.IsAsciiLetter(text[at - 1])) && (end == text.Length || !char.IsAsciiLetter(text[end]))) return true;
        }
        return false;
    }
}
