using System.Collections.Immutable;
using System.Globalization;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// What the codes of a status word stand for, in the words of a map: <c>bit0=D 0x80=N RUN=N else=F</c>. The first rule that fits decides. Read apart from the
/// gateway's own reading of it.
/// </summary>
internal sealed class StateWord
{
    private readonly ImmutableArray<(string Code, string State)> _rules;

    private StateWord(ImmutableArray<(string Code, string State)> rules) => _rules = rules;

    /// <summary>Reads rules that have been checked.</summary>
    public static StateWord Parse(string rules) => new(
    [
        .. rules.Split([' ', '|', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Select(rule => (rule[..rule.LastIndexOf('=')], Spelling(rule[(rule.LastIndexOf('=') + 1)..]))),
    ]);

    /// <summary>Numbers to serve: one for each rule that has one, those of state N first, and one that no rule names.</summary>
    public ImmutableArray<long> Numbers
    {
        get
        {
            var named = _rules.OrderBy(rule => rule.State == "N" ? 0 : 1)
                .Select(rule => BitOf(rule.Code) is { } bit ? 1L << bit : NumberOf(rule.Code)).OfType<long>().ToList();
            var other = Enumerable.Range(0, 2 * _rules.Length + 2).Select(number => (long)number).First(number => !named.Contains(number));
            return [.. named, other];
        }
    }

    /// <summary>Texts to serve: one for each rule.</summary>
    public ImmutableArray<string> Texts => [.. _rules.Select(rule => IsElse(rule.Code) ? "OTHER" : rule.Code)];

    /// <summary>The state of a whole number; null for none.</summary>
    public string? Of(long number) => StateOf(code => BitOf(code) is { } bit ? (number >> bit & 1) == 1 : NumberOf(code) == number);

    /// <summary>The state of a float; null for none.</summary>
    public string? Of(double number) => StateOf(code => BitOf(code) is null && NumberOf(code) is { } named && number == named);

    /// <summary>The state of a text; null for none.</summary>
    public string? Of(string text) => StateOf(code => BitOf(code) is null && code == text);

    /// <summary>The state of what no rule can name, such as a number with decimals; null for none.</summary>
    public string? OfOther() => StateOf(_ => false);

    private string? StateOf(Func<string, bool> fits)
    {
        foreach (var (code, state) in _rules)
            if (IsElse(code) || fits(code)) return state;
        return null;
    }

    private static bool IsElse(string code) => code.Equals("else", StringComparison.OrdinalIgnoreCase);

    private static int? BitOf(string code) => code.StartsWith("bit", StringComparison.OrdinalIgnoreCase)
        && int.TryParse(code[3..], NumberStyles.None, CultureInfo.InvariantCulture, out var bit) ? bit : null;

    private static long? NumberOf(string code)
    {
        if (code.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return long.TryParse(code[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        return long.TryParse(code, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    // HJ 212 flags are single capitals, the states of instruments are words.
    private static string Spelling(string state) => state.Length == 1 ? state.ToUpperInvariant() : state.ToLowerInvariant();
}
