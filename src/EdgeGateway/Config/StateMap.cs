using System.Collections.Immutable;
using System.Globalization;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>
/// What the codes or bits of a status word stand for: the data flags of HJ 212-2017 and states of instruments. The first rule that fits decides.
/// Written as <c>bit0=D bit2=C 0x80=N else=F</c>. Immutable.
/// </summary>
internal sealed class StateMap
{
    /// <summary>The most rules of one word.</summary>
    public const int MaxRules = 64;

    private const int Bits = 64;
    private const string Otherwise = "else";

    private readonly ImmutableArray<Rule> _rules;

    private StateMap(string words, ImmutableArray<Rule> rules) => (Words, _rules) = (words, rules);

    /// <summary>The rules as they are written.</summary>
    public string Words { get; }

    /// <summary>Every state: normal, stopped, maintenance, set by hand, fault, calibration, over range, communication; and purging and warming up.</summary>
    public static ImmutableArray<string> Names { get; } = ["N", "F", "M", "S", "D", "C", "T", "B", "purge", "warm-up"];

    /// <summary>Reads the rules; reports every fault to the row and returns null if there was one, or if there are none.</summary>
    public static StateMap? Read(SettingRow row, string key)
    {
        if (row.Text(key) is not { } text) return null;
        var rules = ImmutableArray.CreateBuilder<Rule>();
        var isWhole = true;
        foreach (var word in text.Split([' ', '|', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (ReadRule(row, key, word) is not { } rule) isWhole = false;
            else if (rules.Any(other => other.HasCodeOf(rule)))
            {
                row.Refuse(key, word, "each code once", "remove one of the two");
                isWhole = false;
            }
            else if (rules.Any(other => other.IsElse))
            {
                row.Refuse(key, word, $"nothing behind {Otherwise}, which fits every code that comes to it", $"put {Otherwise} last");
                isWhole = false;
            }
            else rules.Add(rule);
        }
        if (rules.Count > MaxRules)
        {
            row.Refuse(key, $"{rules.Count} rules", $"at most {MaxRules}", "join codes by else");
            isWhole = false;
        }
        return isWhole && rules.Count > 0 ? new StateMap(text, rules.ToImmutable()) : null;
    }

    /// <summary>Reports every rule for a bit that the word does not have.</summary>
    /// <param name="row">Where the rules stand.</param>
    /// <param name="key">Their column.</param>
    /// <param name="bits">How many bits the word has; 0 for one that has none, such as a float, a text or digits.</param>
    public void CheckBits(SettingRow row, string key, int bits)
    {
        foreach (var rule in _rules)
            if (rule.Bit >= bits)
                row.Refuse(key, rule.Word, bits == 0 ? "whole codes: floats, texts, times and numbers made of digits (BCD and the like) have no bits that could be asked for"
                    : bits == 1 ? "bit0: one bit is all there is here" : $"bit0 (least significant) to bit{bits - 1}: the number has {bits} bits", $"correct {key}, or the place of the status word");
    }

    /// <summary>Reports every rule for a code that the word cannot bring: it would never be met, and what was meant by it would be taken for something else.</summary>
    /// <param name="row">Where the rules stand.</param>
    /// <param name="key">Their column.</param>
    /// <param name="codes">The smallest and the greatest code of the word.</param>
    public void CheckCodes(SettingRow row, string key, (Int128 Least, Int128 Greatest) codes)
    {
        foreach (var rule in _rules)
            if (rule.Number is { } number ? number < codes.Least || number > codes.Greatest : rule is { Bit: null, IsElse: false })
                row.Refuse(key, rule.Word, string.Create(CultureInfo.InvariantCulture, $"codes of {codes.Least} to {codes.Greatest}, which is what the type holds"),
                    codes.Least < 0 ? $"correct {key}, or take the type without a sign" : $"correct {key}, or the type of the status word");
    }

    /// <summary>The state of a word, as text; <see cref="Quality.NotANumber"/> and no value for a code that no rule names, and for a float that is no number.</summary>
    public Reading Of(in SampleValue word)
    {
        // Before any rule: "everything else" is about codes.
        if (word.Kind is SampleKind.Binary32 or SampleKind.Binary64 && !double.IsFinite(word.ToDouble())) return new Reading(default, Quality.NotANumber);
        foreach (var rule in _rules)
            if (rule.Fits(word)) return new Reading(rule.State, Quality.Good);
        return new Reading(default, word.Kind == SampleKind.None ? Quality.BadReply : Quality.NotANumber);
    }

    private static Rule? ReadRule(SettingRow row, string key, string word)
    {
        var equals = word.LastIndexOf('=');
        var state = equals > 0 ? Names.FirstOrDefault(name => name.Equals(word[(equals + 1)..], StringComparison.OrdinalIgnoreCase)) : null;
        if (state is null)
        {
            row.Refuse(key, word, $"code=state, such as 3=C, 0x80=N, bit2=D or else=F, with a state of {string.Join(", ", Names)}", $"correct {key}");
            return null;
        }
        var code = word[..equals];
        var value = SampleValue.OfText(state);
        if (code.Equals(Otherwise, StringComparison.OrdinalIgnoreCase)) return new Rule(word, code, null, null, true, value);
        if (code.StartsWith("bit", StringComparison.OrdinalIgnoreCase) && int.TryParse(code.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var bit))
        {
            if (bit < Bits) return new Rule(word, code, null, bit, false, value);
            row.Refuse(key, word, $"bit0 (least significant) to bit{Bits - 1}", $"correct {key}");
            return null;
        }
        return new Rule(word, code, NumberOf(code), null, false, value);
    }

    private static long? NumberOf(string code)
    {
        var isHex = code.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var isNumber = isHex
            ? long.TryParse(code.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            : long.TryParse(code, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
        return isNumber ? number : null;
    }

    /// <summary>One rule: a code (as text, and as number where it is one), a bit, or everything else.</summary>
    private sealed record Rule(string Word, string Code, long? Number, int? Bit, bool IsElse, SampleValue State)
    {
        public bool HasCodeOf(Rule other) =>
            IsElse == other.IsElse && Bit == other.Bit && (Number is not null ? Number == other.Number : string.Equals(Code, other.Code, StringComparison.Ordinal) || Bit is not null || IsElse);

        public bool Fits(in SampleValue word) => word.Kind switch
        {
            SampleKind.None => false,
            _ when IsElse => true,
            SampleKind.Exact when Bit is { } bit => word.Exponent == 0 && (word.Mantissa >> bit & 1) != 0,
            SampleKind.Exact => word.Exponent == 0 && Number == word.Mantissa,
            SampleKind.Binary32 or SampleKind.Binary64 => Number is { } number && word.ToDouble().Equals(number),
            _ => Bit is null && string.Equals(Code, word.AsText, StringComparison.Ordinal),
        };
    }
}
