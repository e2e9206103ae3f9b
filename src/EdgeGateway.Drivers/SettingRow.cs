using System.Globalization;

namespace EdgeGateway.Drivers;

/// <summary>A complaint about one cell or key: what was found, what was expected, what to do.</summary>
/// <param name="Key">The column or key.</param>
/// <param name="Found">The text that was there, or <c>nothing</c>.</param>
/// <param name="Expected">What would have been right, with unit and bounds.</param>
/// <param name="Fix">What to do, in one sentence.</param>
public readonly record struct SettingFault(string Key, string Found, string Expected, string Fix);

/// <summary>
/// The cells of one row of a point table, or the keys of one device, that belong to a driver. The configuration fills it and knows the
/// file and line of each cell; the driver reads from it and complains through it. Reading never throws: a bad cell is reported once
/// and the default is returned, so that one pass finds all faults.
/// </summary>
/// <param name="cells">Lower-case key to trimmed text; absent and empty are the same.</param>
/// <param name="report">Takes complaints.</param>
public sealed class SettingRow(IReadOnlyDictionary<string, string> cells, Action<SettingFault> report)
{
    /// <summary>True once anything was refused.</summary>
    public bool HasFaults { get; private set; }

    /// <summary>The text of a cell; null when absent or empty.</summary>
    public string? Text(string key) => cells.TryGetValue(key, out var text) && text.Length > 0 ? text : null;

    /// <summary>A whole number, decimal or with <c>0x</c>, between the bounds.</summary>
    public int Whole(string key, int absent, int min, int max)
    {
        var text = Text(key);
        if (text is null) return absent;
        var hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var isNumber = hex
            ? int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
        if (isNumber && number >= min && number <= max) return number;
        Refuse(key, text, $"a whole number from {min} to {max}", $"correct {key}");
        return absent;
    }

    /// <summary>A duration such as <c>500ms</c>, <c>2s</c>, <c>1m</c> between the bounds.</summary>
    public TimeSpan Duration(string key, TimeSpan absent, TimeSpan min, TimeSpan max)
    {
        var text = Text(key);
        if (text is null) return absent;
        if (DurationText.TryParse(text, out var duration) && duration >= min && duration <= max) return duration;
        Refuse(key, text, $"a duration from {DurationText.Format(min)} to {DurationText.Format(max)}, such as 500ms, 2s, 1m", $"correct {key}");
        return absent;
    }

    /// <summary>One of the named choices (case-insensitive).</summary>
    public T OneOf<T>(string key, T absent, IReadOnlyDictionary<string, T> choices)
    {
        var text = Text(key);
        if (text is null) return absent;
        foreach (var (name, value) in choices)
            if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) return value;
        Refuse(key, text, $"one of {string.Join(", ", choices.Keys)}", $"correct {key}");
        return absent;
    }

    /// <summary>Reports a fault.</summary>
    public void Refuse(string key, string found, string expected, string fix)
    {
        HasFaults = true;
        report(new SettingFault(key, found, expected, fix));
    }
}
