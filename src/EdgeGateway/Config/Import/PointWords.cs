using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeGateway.Config.Import;

/// <summary>The words of point tables for areas, types, orders and numbers, in the words of device maps. Null is what means nothing for sure.</summary>
internal static partial class PointWords
{
    private static readonly Dictionary<string, string> Areas = new(StringComparer.OrdinalIgnoreCase)
    {
        ["coil"] = "coil",
        ["coils"] = "coil",
        ["线圈"] = "coil",
        ["线圈状态"] = "coil",
        ["0x"] = "coil",
        ["discrete"] = "discrete",
        ["discrete input"] = "discrete",
        ["离散输入"] = "discrete",
        ["离散量输入"] = "discrete",
        ["输入状态"] = "discrete",
        ["1x"] = "discrete",
        ["holding"] = "holding",
        ["holding register"] = "holding",
        ["保持寄存器"] = "holding",
        ["4x"] = "holding",
        ["hr"] = "holding",
        ["input"] = "input",
        ["input register"] = "input",
        ["输入寄存器"] = "input",
        ["3x"] = "input",
        ["ir"] = "input",
    };

    // 'int', 'long' and 'bcd' alone have one size here and another one there: only a number of registers beside them decides.
    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bool"] = "bool",
        ["boolean"] = "bool",
        ["bit"] = "bool",
        ["布尔"] = "bool",
        ["布尔型"] = "bool",
        ["开关量"] = "bool",
        ["位"] = "bool",
        ["int16"] = "int16",
        ["short"] = "int16",
        ["signed16"] = "int16",
        ["s16"] = "int16",
        ["i16"] = "int16",
        ["有符号16位"] = "int16",
        ["16位有符号"] = "int16",
        ["16位有符号整数"] = "int16",
        ["有符号短整型"] = "int16",
        ["短整型"] = "int16",
        ["uint16"] = "uint16",
        ["ushort"] = "uint16",
        ["word"] = "uint16",
        ["unsigned16"] = "uint16",
        ["u16"] = "uint16",
        ["unsigned short"] = "uint16",
        ["无符号16位"] = "uint16",
        ["16位无符号"] = "uint16",
        ["16位无符号整数"] = "uint16",
        ["无符号短整型"] = "uint16",
        ["字"] = "uint16",
        ["int32"] = "int32",
        ["dint"] = "int32",
        ["signed32"] = "int32",
        ["s32"] = "int32",
        ["i32"] = "int32",
        ["有符号32位"] = "int32",
        ["32位有符号"] = "int32",
        ["32位有符号整数"] = "int32",
        ["uint32"] = "uint32",
        ["dword"] = "uint32",
        ["udint"] = "uint32",
        ["unsigned32"] = "uint32",
        ["u32"] = "uint32",
        ["无符号32位"] = "uint32",
        ["32位无符号"] = "uint32",
        ["32位无符号整数"] = "uint32",
        ["双字"] = "uint32",
        ["int64"] = "int64",
        ["s64"] = "int64",
        ["64位有符号整数"] = "int64",
        ["uint64"] = "uint64",
        ["u64"] = "uint64",
        ["64位无符号整数"] = "uint64",
        ["float"] = "float32",
        ["real"] = "float32",
        ["float32"] = "float32",
        ["f32"] = "float32",
        ["single"] = "float32",
        ["浮点"] = "float32",
        ["浮点数"] = "float32",
        ["浮点型"] = "float32",
        ["单精度"] = "float32",
        ["单精度浮点"] = "float32",
        ["单精度浮点数"] = "float32",
        ["32位浮点"] = "float32",
        ["32位浮点数"] = "float32",
        ["32位浮点型"] = "float32",
        ["double"] = "float64",
        ["lreal"] = "float64",
        ["float64"] = "float64",
        ["f64"] = "float64",
        ["双精度"] = "float64",
        ["双精度浮点"] = "float64",
        ["双精度浮点数"] = "float64",
        ["64位浮点数"] = "float64",
        ["bcd16"] = "bcd16",
        ["bcd32"] = "bcd32",
    };

    private static readonly Dictionary<(string, int), string> SizedTypes = new()
    {
        [("int", 1)] = "int16",
        [("int", 2)] = "int32",
        [("integer", 1)] = "int16",
        [("integer", 2)] = "int32",
        [("整型", 1)] = "int16",
        [("整型", 2)] = "int32",
        [("整数", 1)] = "int16",
        [("整数", 2)] = "int32",
        [("uint", 1)] = "uint16",
        [("uint", 2)] = "uint32",
        [("无符号整型", 1)] = "uint16",
        [("无符号整型", 2)] = "uint32",
        [("无符号整数", 1)] = "uint16",
        [("无符号整数", 2)] = "uint32",
        [("long", 2)] = "int32",
        [("long", 4)] = "int64",
        [("ulong", 2)] = "uint32",
        [("ulong", 4)] = "uint64",
        [("长整型", 2)] = "int32",
        [("长整型", 4)] = "int64",
        [("bcd", 1)] = "bcd16",
        [("bcd", 2)] = "bcd32",
    };

    // 'Little endian' alone may mean the words, the bytes, or both.
    private static readonly Dictionary<string, string> Orders = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ABCD"] = "ABCD",
        ["1234"] = "ABCD",
        ["大端"] = "ABCD",
        ["big endian"] = "ABCD",
        ["big-endian"] = "ABCD",
        ["高字在前"] = "ABCD",
        ["高位在前"] = "ABCD",
        ["ABCDEFGH"] = "ABCD",
        ["CDAB"] = "CDAB",
        ["3412"] = "CDAB",
        ["低字在前"] = "CDAB",
        ["GHEFCDAB"] = "CDAB",
        ["BADC"] = "BADC",
        ["2143"] = "BADC",
        ["BADCFEHG"] = "BADC",
        ["DCBA"] = "DCBA",
        ["4321"] = "DCBA",
        ["HGFEDCBA"] = "DCBA",
        ["CDABGHEF"] = "CDABGHEF",
        ["34127856"] = "CDABGHEF",
        ["EFGHABCD"] = "EFGHABCD",
        ["56781234"] = "EFGHABCD",
    };

    // Every way in which a table says that a point can be read, alone or besides being written. Words are matched whole: 不可读 and Reserved hold 读 and R.
    private static readonly HashSet<string> Readable = new(StringComparer.OrdinalIgnoreCase)
    {
        "读", "只读", "仅读", "可读", "读取", "读写", "写读", "可读写", "可读可写", "r", "ro", "rw", "wr", "read", "readonly", "readable", "readwrite", "writeread", "readandwrite",
    };

    /// <summary>Whether a word for access says that the point can be read.</summary>
    public static bool IsReadable(string access) => Readable.Contains(new string([.. access.Where(c => c is not (' ' or '/' or '\\' or '-' or '_' or '、'))]));

    public static string? Area(string text) => Areas.GetValueOrDefault(text);

    /// <summary>The area that a function code reads: <c>03</c>, <c>0x04</c>, <c>FC03</c>, <c>03/06</c>. Functions that write are looked past.</summary>
    public static string? AreaOfFunction(string text)
    {
        var codes = Digits().Matches(text.Replace("0x", "", StringComparison.OrdinalIgnoreCase))
            .Select(match => int.TryParse(match.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : int.MaxValue).ToList();
        var reading = codes.Where(code => code is >= 1 and <= 4).Distinct().ToList();
        if (reading.Count != 1 || codes.Any(code => code is 0 or > 23)) return null;
        return reading[0] switch { 1 => "coil", 2 => "discrete", 3 => "holding", _ => "input" };
    }

    /// <summary>The type; <paramref name="order"/> is the word for an order that stands beside it, known or not: <c>float CDAB</c>.</summary>
    public static string? Type(string text, int registers, out string order)
    {
        var found = OrderInType().Match(text);
        order = found.Success ? found.Groups[1].Value : "";
        var name = (found.Success ? text[..found.Index] + text[(found.Index + found.Length)..] : text).Trim(' ', '(', ')', '-', '_', ',');
        return Types.TryGetValue(name, out var type) ? type : SizedTypes.GetValueOrDefault((name.ToLowerInvariant(), registers));
    }

    public static string? Order(string text) => Orders.GetValueOrDefault(text);

    /// <summary>The order of a number of so many registers. One register has its bytes as they are (empty) or exchanged; two letters say nothing about the order of several.</summary>
    public static string? Order(string text, int registers)
    {
        if (registers == 1 && text.Equals("AB", StringComparison.OrdinalIgnoreCase)) return "";
        if (registers == 1 && text.Equals("BA", StringComparison.OrdinalIgnoreCase)) return "BADC";
        if (Order(text) is not { } order) return null;
        if (registers == 1) return order is "BADC" or "DCBA" ? "BADC" : "";
        return registers == 2 && EightBytes().IsMatch(text) ? null : order;
    }

    /// <summary>A factor: <c>0.1</c>, <c>×0.1</c>, <c>*10</c>, <c>/100</c>, <c>1/100</c>; divisors are powers of ten, others have no end.</summary>
    public static string? Scale(string text)
    {
        var match = Factor().Match(text);
        if (match.Success) return match.Groups[1].Value;
        match = Divisor().Match(text);
        if (!match.Success) return null;
        var zeros = match.Groups[1].Length - 1;
        return zeros == 0 ? "1" : "0." + new string('0', zeros - 1) + "1";
    }

    /// <summary>The factor of so many decimals.</summary>
    public static string? OfDecimals(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var places) && places <= Scaling.MaxDecimals
            ? places == 0 ? "1" : "0." + new string('0', places - 1) + "1"
            : null;

    /// <summary>A number: decimal, <c>0x10</c> or <c>10H</c>.</summary>
    /// <param name="text">As written.</param>
    /// <param name="isHex">Whether one without a mark is hexadecimal too.</param>
    public static int? Number(string text, bool isHex = false)
    {
        var hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text.EndsWith('H') || text.EndsWith('h') ? text[..^1] : isHex ? text : null;
        var isNumber = hex is not null
            ? int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        return isNumber && number >= 0 ? number : null;
    }

    /// <summary>An address with its table in front, <c>40001</c>, <c>400001</c>, <c>4x0001</c>, as area and address from 0.</summary>
    public static (string Area, int Address)? Modicon(string text)
    {
        var match = ModiconAddress().Match(text);
        if (!match.Success) return null;
        var number = int.Parse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        var area = match.Groups[1].Value switch { "0" => "coil", "1" => "discrete", "3" => "input", _ => "holding" };
        return number is >= 1 and <= 65536 ? (area, number - 1) : null;
    }

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    [GeneratedRegex(@"[\s(_-]*\b((?:[A-D]{4})|(?:[A-H]{8}))\b\)?", RegexOptions.CultureInvariant)]
    private static partial Regex OrderInType();

    [GeneratedRegex(@"^(?:[A-Ha-h]{8}|[1-8]{8})\z", RegexOptions.CultureInvariant)]
    private static partial Regex EightBytes();

    [GeneratedRegex(@"^[×*xX]?\s*(-?\d+(?:\.\d+)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Factor();

    [GeneratedRegex(@"^(?:1\s*)?[/÷]\s*(10*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Divisor();

    [GeneratedRegex(@"^([0134])[xX]?(\d{4,5})\z", RegexOptions.CultureInvariant)]
    private static partial Regex ModiconAddress();
}
