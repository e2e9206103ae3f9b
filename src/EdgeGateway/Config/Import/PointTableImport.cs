using System.Globalization;
using System.Text;
using CsvHelper;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config.Import;

/// <summary>
/// Makes a device map of a point table as manufacturers and integrators write them. Whatever is not said, by the table or by the person, is not
/// guessed: the row, or the table, is refused with line and reason.
/// </summary>
internal sealed class PointTableImport
{
    private const int MaxHeaderLine = 30;
    private const string Columns = "signal,name_zh,name_en,group,area,address,type,order,bit,length,scale,offset,unit,factor,min,max";

    private readonly string _file;
    private readonly ImportChoices _choices;
    private readonly List<string> _remarks = [];
    private readonly List<string> _refusals = [];
    private readonly List<string> _rows = [];
    private readonly Dictionary<string, int> _signals = new(StringComparer.OrdinalIgnoreCase);

    private PointTableImport(string file, ImportChoices choices) => (_file, _choices) = (file, choices);

    /// <summary>How each column was understood.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Every row that was not understood, with its line.</summary>
    public IReadOnlyList<string> Refusals => _refusals;

    /// <summary>How many points were understood.</summary>
    public int Points => _rows.Count;

    /// <summary>False if the table as a whole could not be read: then no row was.</summary>
    public bool IsTable { get; private set; }

    /// <summary>Reads a table.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <param name="choices">What it does not say itself.</param>
    public static PointTableImport Read(string file, string text, ImportChoices choices)
    {
        var import = new PointTableImport(file, choices);
        import.ReadTable(text);
        return import;
    }

    /// <summary>The map, with every point that was understood.</summary>
    public string ToMap() => $"# Imported from {_file}. Check every line of it against the device: EdgeGateway probe\n{Columns}\n{string.Join('\n', _rows)}\n";

    private void ReadTable(string text)
    {
        var (records, header, at) = FindHeader(text);
        if (header is null)
        {
            _refusals.Add($"{_file}: no header in the first {MaxHeaderLine} lines; expected a line with 地址 or address and further columns such as 名称, 功能码, 数据类型 (name, function code, data type)");
            return;
        }
        if (header.Twice is { } twice)
        {
            _refusals.Add($"{_file}:{records[at].Line}: column \"{twice}\" means the same as another one; rename or remove one of the two");
            return;
        }
        var rows = records.Skip(at + 1).Where(record => record.Cells.Any(cell => cell.Length > 0)).ToList();
        if (BaseOf(header, rows) is not { } addresses) return;
        Remark(header, addresses);
        IsTable = true;
        foreach (var (line, cells) in rows.Take(PointTable.MaxRows))
        {
            var why = ReadRow(header, addresses, line, cells);
            if (why is not null) _refusals.Add($"{_file}:{line}: {why}");
        }
        if (rows.Count > PointTable.MaxRows) _refusals.Add($"{_file}:{rows[PointTable.MaxRows].Line}: more than {PointTable.MaxRows} points; split the device");
    }

    /// <summary>The header by the separator under which most of its columns are known.</summary>
    private static (List<(int Line, string[] Cells)> Records, ImportHeader? Header, int At) FindHeader(string text)
    {
        (List<(int, string[])> Records, ImportHeader? Header, int At) best = ([], null, 0);
        foreach (var separator in ",;\t")
        {
            var records = RecordsOf(text, separator);
            for (var i = 0; i < records.Count && records[i].Line <= MaxHeaderLine; i++)
                if (ImportHeader.Of(records[i].Cells) is { } header && header.Known > (best.Header?.Known ?? 0)) best = (records, header, i);
        }
        return best;
    }

    private static List<(int Line, string[] Cells)> RecordsOf(string text, char separator)
    {
        var records = new List<(int, string[])>();
        var options = new CsvReaderOptions { Separator = separator, HasHeader = false, TrimWhitespace = true, TrackLineNumbers = true, AllowLineBreaksInQuotes = false, OnMalformedRecord = _ => { } };
        using var csv = CsvReader.FromText(text, options);
        try
        {
            while (records.Count <= PointTable.MaxRows + MaxHeaderLine && csv.Read())
                records.Add(((int)csv.LineNumber, [.. csv.Current.ToArray().Select(cell => cell.Trim())]));
        }
        catch (CsvFormatException e)
        {
            // Everything before it is read; this line is one that cannot be understood.
            records.Add(((int)e.LineNumber, [e.Message]));
        }
        return records;
    }

    /// <summary>How addresses count: as said, or where the table leaves no doubt; null, and a refusal, otherwise.</summary>
    private AddressBase? BaseOf(ImportHeader header, List<(int Line, string[] Cells)> rows)
    {
        if (_choices.Addresses is { } said) return said;
        var texts = rows.Select(row => header.Text(row.Cells, ImportColumn.Address)).Where(text => text.Length > 0).ToList();
        if (texts.Count > 0 && texts.All(text => PointWords.Modicon(text) is not null)) return AddressBase.Modicon;
        if (texts.Any(text => PointWords.Number(text) == 0)) return AddressBase.Zero;
        _refusals.Add($"{_file}: nothing says whether addresses count from 0 or from 1; look into the manual, or try one with probe, and say --addresses 0, 1 or 40001");
        return null;
    }

    private void Remark(ImportHeader header, AddressBase addresses)
    {
        for (var i = 0; i < header.Cells.Count; i++)
        {
            var understood = header.MeaningOf(i) switch
            {
                null => "not understood and not used",
                ImportColumn.Name => "name; the signal's name where it is one, else a name for people",
                ImportColumn.EnglishName => "English name",
                ImportColumn.Address => addresses switch
                {
                    AddressBase.Zero => "address, counted from 0",
                    AddressBase.One => "address, counted from 1",
                    _ => "address with its table in front: 40001 is holding 0",
                } + (_choices.Addresses is null ? " (the addresses themselves show it)" : " (as you said)"),
                ImportColumn.Function => "function code: which table is read",
                ImportColumn.Area => "which table is read",
                ImportColumn.Type => "type",
                ImportColumn.Order => "byte order",
                ImportColumn.Scale => "scale",
                ImportColumn.Decimals => "decimals, which make the scale",
                ImportColumn.Offset => "offset, after the scale",
                ImportColumn.Unit => "unit",
                ImportColumn.Access => "access; what can only be written is refused",
                ImportColumn.Registers => "registers of a number",
                ImportColumn.Bit => "bit of a register",
                ImportColumn.Min or ImportColumn.Max => "end of the valid range",
                ImportColumn.Factor => "HJ 212 factor code",
                _ => "not used",
            };
            if (header.Cells[i].Length > 0) _remarks.Add($"column {i + 1} \"{header.Cells[i]}\": {understood}");
        }
        if (!header.Has(ImportColumn.Order)) _remarks.Add($"no column for the byte order: {(_choices.Order is { } order ? $"{order}, as you said" : "numbers of several registers are refused unless their type names it")}");
    }

    /// <summary>Adds a row; says why not, if it cannot.</summary>
    private string? ReadRow(ImportHeader header, AddressBase addresses, int line, string[] cells)
    {
        string Text(ImportColumn column) => header.Text(cells, column);

        if (Place(header, addresses, cells) is var (area, address, fault) && fault is not null) return fault;
        if (Text(ImportColumn.Access) is { Length: > 0 } access && !IsReadable(access))
            return $"access \"{access}\" is not for reading; leave the row out";
        var isBits = area is "coil" or "discrete";
        var registers = PointWords.Number(Text(ImportColumn.Registers)) ?? 0;
        string? order = null;
        var type = isBits ? "" : PointWords.Type(Text(ImportColumn.Type), registers, out order);
        if (type is null)
            return $"type \"{Text(ImportColumn.Type)}\"{(registers > 0 ? $" of {registers} registers" : "")} means nothing for sure; write int16, uint16, int32, uint32, float32, float64, bool or bcd16";
        var isLong = type.Length > 0 && type[^2..] is "32" or "64";
        if (Text(ImportColumn.Order) is { Length: > 0 } written)
        {
            order = PointWords.Order(written);
            if (order is null) return $"byte order \"{written}\" means nothing for sure; write ABCD, CDAB, BADC or DCBA";
        }
        if (isLong && (order ??= _choices.Order) is null) return $"no byte order for a {type}; find it with probe and add a column, or say --order";
        if (!isLong && order != "BADC") order = null; // one register: only exchanged bytes differ
        var scale = "";
        if (Text(ImportColumn.Scale) is { Length: > 0 } factor)
        {
            if (PointWords.Scale(factor) is not { } number) return $"scale \"{factor}\": expected a number such as 0.1, ×0.1 or /10";
            scale = number;
        }
        if (Text(ImportColumn.Decimals) is { Length: > 0 } decimals)
        {
            if (scale.Length > 0) return "a scale and decimals; which of the two?";
            if (PointWords.OfDecimals(decimals) is not { } number) return $"decimals \"{decimals}\": expected 0 to {Scaling.MaxDecimals}";
            scale = number;
        }
        var (signal, chinese, english) = Names(header, cells, area, address);
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["signal"] = signal,
            ["name_zh"] = chinese,
            ["name_en"] = english,
            ["group"] = _choices.Group,
            ["area"] = area,
            ["address"] = address.ToString(CultureInfo.InvariantCulture),
            ["type"] = type,
            ["order"] = order ?? "",
            ["bit"] = isBits || type != "bool" ? "" : Text(ImportColumn.Bit),
            ["length"] = "",
            ["scale"] = scale is "1" ? "" : scale,
            ["offset"] = Text(ImportColumn.Offset) is "0" ? "" : Text(ImportColumn.Offset),
            ["unit"] = Text(ImportColumn.Unit),
            ["factor"] = Text(ImportColumn.Factor),
            ["min"] = Text(ImportColumn.Min),
            ["max"] = Text(ImportColumn.Max),
        };
        return Add(line, signal, values);
    }

    /// <summary>Takes a row whose words are those of a map, if the map's own rules do.</summary>
    private string? Add(int line, string signal, Dictionary<string, string> values)
    {
        string? why = null;
        var row = new SettingRow(values, refusal => why ??= $"{refusal.Key} {(refusal.Found == "nothing" ? "is missing" : $"\"{refusal.Found}\"")}: expected {refusal.Expected}; {refusal.Fix}");
        MapReader.CheckMeaning(row);
        _ = _choices.Protocol.ReadPoint(signal, row);
        if (why is not null) return why;
        if (!_signals.TryAdd(signal, line)) return $"signal {signal} a second time (it stands on line {_signals[signal]})";
        _rows.Add(string.Join(',', Columns.Split(',').Select(column => Quoted(values[column]))));
        return null;
    }

    private (string Area, int Address, string? Fault) Place(ImportHeader header, AddressBase addresses, string[] cells)
    {
        var text = header.Text(cells, ImportColumn.Address);
        if (text.Length == 0) return ("", 0, "no address");
        var function = header.Text(cells, ImportColumn.Function);
        var named = header.Text(cells, ImportColumn.Area);
        var area = function.Length > 0 ? PointWords.AreaOfFunction(function) : named.Length > 0 ? PointWords.Area(named) : null;
        if (area is null && function.Length > 0) return ("", 0, $"function code \"{function}\" reads nothing for sure; expected one of 1, 2, 3, 4");
        if (area is null && named.Length > 0) return ("", 0, $"table \"{named}\" is not known; expected coil, discrete, holding or input");
        if (addresses == AddressBase.Modicon)
        {
            if (PointWords.Modicon(text) is not { } place) return ("", 0, $"address \"{text}\": expected one such as 40001, with its table in front");
            return area is not null && area != place.Area ? ("", 0, $"address {text} is in {place.Area}, and the row says {area}") : (place.Area, place.Address, null);
        }
        area ??= _choices.Area;
        if (area is null) return ("", 0, "nothing says which table the point is in; add a function code, or say --area");
        var number = PointWords.Number(text) - (addresses == AddressBase.One ? 1 : 0);
        return number is >= 0 and <= 65535 ? (area, number.Value, null) : ("", 0, $"address \"{text}\": expected a whole number{(addresses == AddressBase.One ? " from 1" : " from 0 to 65535")}, or 0x…");
    }

    private static (string Signal, string Chinese, string English) Names(ImportHeader header, string[] cells, string area, int address)
    {
        var name = header.Text(cells, ImportColumn.Name);
        var english = header.Text(cells, ImportColumn.EnglishName);
        var bit = header.Text(cells, ImportColumn.Bit);
        var made = $"{area[..1]}{address}{(bit.Length > 0 ? $"-{bit}" : "")}";
        var signal = SignalId.IsValidPart(name) ? name : SignalId.IsValidPart(english) ? english : made;
        var isAscii = name.All(char.IsAscii);
        return (signal, isAscii ? "" : name, english.Length > 0 ? english : isAscii && name != signal ? name : "");
    }

    private static bool IsReadable(string access) => access.Contains('读') || access.StartsWith('R') || access.StartsWith('r')
        || access.Equals("WR", StringComparison.OrdinalIgnoreCase) || access.Equals("W/R", StringComparison.OrdinalIgnoreCase) || access.Equals("Write/Read", StringComparison.OrdinalIgnoreCase);

    private static string Quoted(string cell)
    {
        if (cell.AsSpan().IndexOfAny(",\";#") < 0) return cell;
        return new StringBuilder(cell.Length + 2).Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"').ToString();
    }
}
