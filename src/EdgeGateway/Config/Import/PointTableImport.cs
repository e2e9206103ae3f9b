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
    private const int PlainDigits = 5; // 40001; 400001 and 4x0001 can be nothing else
    private const string BadQuotes = "quotes that do not fit; write cells without quotes, or \"quoted\" whole on one line with each quote inside doubled";
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
        if (header.Unclear is { } unclear)
        {
            _refusals.Add($"{_file}:{records[at].Line}: column \"{unclear}\": what stands in parentheses is not known; write nothing there, or 十进制, 十六进制 (dec, hex) behind an address, 字节, 寄存器 (bytes, registers) behind a length");
            return;
        }
        if (records[at].Fault is { } torn)
        {
            _refusals.Add($"{_file}:{records[at].Line}: {torn}");
            return;
        }
        var rows = records.Skip(at + 1).Where(record => record.Fault is not null || record.Cells.Any(cell => cell.Length > 0)).ToList();
        if (BaseOf(header, rows) is not { } addresses) return;
        Remark(header, addresses);
        IsTable = true;
        foreach (var (line, cells, broken) in rows.Take(PointTable.MaxRows))
        {
            var why = broken ?? ReadRow(header, addresses, line, cells);
            if (why is not null) _refusals.Add($"{_file}:{line}: {why}");
        }
        if (rows.Count > PointTable.MaxRows) _refusals.Add($"{_file}:{rows[PointTable.MaxRows].Line}: more than {PointTable.MaxRows} points; split the device");
    }

    /// <summary>The header by the separator under which most of its columns are known.</summary>
    private static (List<(int Line, string[] Cells, string? Fault)> Records, ImportHeader? Header, int At) FindHeader(string text)
    {
        (List<(int, string[], string?)> Records, ImportHeader? Header, int At) best = ([], null, 0);
        foreach (var separator in ",;\t")
        {
            var records = RecordsOf(text, separator);
            for (var i = 0; i < records.Count && records[i].Line <= MaxHeaderLine; i++)
                if (ImportHeader.Of(records[i].Cells) is { } header && header.Known > (best.Header?.Known ?? 0)) best = (records, header, i);
        }
        return best;
    }

    private static List<(int Line, string[] Cells, string? Fault)> RecordsOf(string text, char separator)
    {
        var records = new List<(int, string[], string?)>();
        var hasBadQuotes = false;
        var options = new CsvReaderOptions { Separator = separator, HasHeader = false, TrimWhitespace = true, TrackLineNumbers = true, AllowLineBreaksInQuotes = false, OnMalformedRecord = _ => hasBadQuotes = true };
        using var csv = CsvReader.FromText(text, options);
        try
        {
            while (records.Count <= PointTable.MaxRows + MaxHeaderLine && csv.Read())
            {
                records.Add(((int)csv.LineNumber, [.. csv.Current.ToArray().Select(cell => cell.Trim())], hasBadQuotes ? BadQuotes : null));
                hasBadQuotes = false;
            }
        }
        catch (CsvFormatException e)
        {
            // Everything before it is read; this line is one that cannot be understood.
            records.Add(((int)e.LineNumber, [], $"text that is not CSV ({e.Message}); save the table as CSV again"));
        }
        return records;
    }

    /// <summary>How addresses count: as said, or where the table leaves no doubt; null, and a refusal, otherwise.</summary>
    private AddressBase? BaseOf(ImportHeader header, List<(int Line, string[] Cells, string? Fault)> rows)
    {
        if (_choices.Addresses is AddressBase.Modicon && header.HasHexAddresses)
        {
            _refusals.Add($"{_file}: --addresses 40001, and the header says that addresses are hexadecimal; say --addresses 0 or 1, or correct the header");
            return null;
        }
        if (_choices.Addresses is { } said) return said;
        var texts = rows.Where(row => row.Fault is null).Select(row => header.Text(row.Cells, ImportColumn.Address)).Where(text => text.Length > 0).ToList();
        if (!header.HasHexAddresses && texts.Count > 0 && texts.All(text => PointWords.Modicon(text) is not null))
        {
            // With a function code beside it, 40001 may as well be register 40001 of a device that has so many.
            if (!header.Has(ImportColumn.Function) || texts.Any(text => text.Length > PlainDigits)) return AddressBase.Modicon;
            _refusals.Add($"{_file}: addresses such as {texts[0]} beside function codes: with their table in front, or plain numbers? Look into the manual, and say --addresses 40001, or 0 or 1");
            return null;
        }
        if (texts.Any(text => PointWords.Number(text, header.HasHexAddresses) == 0)) return AddressBase.Zero;
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
                } + (header.HasHexAddresses ? ", hexadecimal" : "") + (_choices.Addresses is null ? " (the addresses themselves show it)" : " (as you said)"),
                ImportColumn.Function => "function code: which table is read",
                ImportColumn.Area => "which table is read",
                ImportColumn.Type => "type",
                ImportColumn.Order => "byte order",
                ImportColumn.Scale => "scale",
                ImportColumn.Decimals => "decimals, which make the scale of whole numbers",
                ImportColumn.Offset => "offset, after the scale",
                ImportColumn.Unit => "unit",
                ImportColumn.Access => "access; what can only be written is refused",
                ImportColumn.Registers => header.CountsBytes ? "bytes of a number" : "registers of a number",
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

        for (var i = 0; i < cells.Length; i++)
            if (cells[i].Length > 0 && (i >= header.Cells.Count || header.Cells[i].Length == 0))
                return $"\"{cells[i]}\" in cell {i + 1}, which has no column; remove the extra separator, quote the cell that holds one, or name the column";
        if (Place(header, addresses, cells) is var (area, address, fault) && fault is not null) return fault;
        if (Text(ImportColumn.Access) is { Length: > 0 } access && !PointWords.IsReadable(access))
            return $"access \"{access}\" is not for reading, or not for sure; leave the row out, or write R or RW";
        if (Kind(header, area, cells) is var (type, order, kindFault) && kindFault is not null) return kindFault;
        if (Factor(header, type, cells) is var (scale, scaleFault) && scaleFault is not null) return scaleFault;
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
            ["order"] = order,
            ["bit"] = Text(ImportColumn.Bit),
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

    /// <summary>Type and byte order of a row, where its cells agree about them.</summary>
    private (string Type, string Order, string? Fault) Kind(ImportHeader header, string area, string[] cells)
    {
        var text = header.Text(cells, ImportColumn.Type);
        var length = header.Text(cells, ImportColumn.Registers);
        var bit = header.Text(cells, ImportColumn.Bit);
        if (LengthOf(length, header.CountsBytes && area is not ("coil" or "discrete")) is not { } registers)
            return ("", "", $"length \"{length}\": expected a whole number of {(header.CountsBytes ? "bytes, two for a register" : "registers")}");
        var type = PointWords.Type(text, registers, out var inType);
        if (area is "coil" or "discrete")
        {
            if (text.Length > 0 && type != "bool") return ("", "", $"type \"{text}\" in {area}, whose points are bits; which of the two?");
            if (registers > 1) return ("", "", $"length {length} in {area}, whose points are single bits; write a row for each");
            return ("", "", bit.Length > 0 ? $"bit {bit} in {area}, whose points are bits themselves; which of the two?" : null);
        }
        if (type is null)
            return ("", "", $"type \"{text}\"{(registers > 0 ? $" of {registers} registers" : "")} means nothing for sure; write int16, uint16, int32, uint32, float32, float64, bool or bcd16");
        var size = SizeOf(type);
        if (registers > 0 && registers != size) return ("", "", $"type \"{text}\" has {size} registers, and length \"{length}\" is {registers}; which of the two?");
        if (bit.Length > 0 && type is not ("bool" or "int16" or "uint16")) return ("", "", $"bit {bit} of type \"{text}\": only words of 16 bits have bits of their own; clear one of the two");
        var (order, fault) = OrderOf(type, size, inType, header.Text(cells, ImportColumn.Order));
        return (bit.Length > 0 ? "bool" : type, order, fault);
    }

    private (string Order, string? Fault) OrderOf(string type, int size, string inType, string inColumn)
    {
        var beside = inType.Length > 0 ? PointWords.Order(inType, size) : null;
        var own = inColumn.Length > 0 ? PointWords.Order(inColumn, size) : null;
        if (inType.Length > 0 && beside is null) return ("", $"byte order \"{inType}\" beside the type means nothing for sure for a {type}; write ABCD, CDAB, BADC or DCBA");
        if (inColumn.Length > 0 && own is null) return ("", $"byte order \"{inColumn}\" means nothing for sure for a {type}; write ABCD, CDAB, BADC or DCBA");
        if (beside is not null && own is not null && beside != own) return ("", $"byte order \"{inType}\" beside the type and \"{inColumn}\" in its column; which of the two?");
        if ((beside ?? own) is { } order) return (order, null);
        if (size == 1) return ("", null);
        return _choices.Order is { } said ? (said, null) : ("", $"no byte order for a {type}; find it with probe and add a column, or say --order");
    }

    /// <summary>The scale of a row. Decimals are one for whole numbers only: behind a floating point number they may be no more than how it is shown.</summary>
    private static (string Scale, string? Fault) Factor(ImportHeader header, string type, string[] cells)
    {
        var factor = header.Text(cells, ImportColumn.Scale);
        var decimals = header.Text(cells, ImportColumn.Decimals);
        var scale = factor.Length > 0 ? PointWords.Scale(factor) : "";
        if (scale is null) return ("", $"scale \"{factor}\": expected a number such as 0.1, ×0.1 or /10");
        if (decimals.Length == 0) return (scale, null);
        if (PointWords.OfDecimals(decimals) is not { } number) return ("", $"decimals \"{decimals}\": expected 0 to {Scaling.MaxDecimals}");
        if (type is "float32" or "float64" or "bool" or "")
            return number == "1" ? (scale, null) : ("", $"decimals {decimals} of a {(type is "bool" or "" ? "bit" : type)}: is the register scaled, or is this how it is shown? Write a scale, or clear the cell");
        return scale.Length > 0 ? ("", "a scale and decimals; which of the two?") : (number, null);
    }

    /// <summary>Registers of a length; 0 where none is given, null where it is none.</summary>
    private static int? LengthOf(string text, bool countsBytes)
    {
        if (text.Length == 0) return 0;
        if (PointWords.Number(text) is not { } number || number == 0) return null;
        if (!countsBytes) return number;
        return number % 2 == 0 ? number / 2 : null;
    }

    private static int SizeOf(string type) => type[^2..] switch { "64" => 4, "32" => 2, _ => 1 };

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
        var read = PointWords.AreaOfFunction(function);
        var table = PointWords.Area(named);
        if (read is null && function.Length > 0) return ("", 0, $"function code \"{function}\" reads nothing for sure; expected one of 1, 2, 3, 4");
        if (table is null && named.Length > 0) return ("", 0, $"table \"{named}\" is not known; expected coil, discrete, holding or input");
        if (read is not null && table is not null && read != table) return ("", 0, $"function code \"{function}\" reads {read}, and table \"{named}\" is {table}; which of the two?");
        var area = read ?? table;
        if (addresses == AddressBase.Modicon)
        {
            if (PointWords.Modicon(text) is not { } place) return ("", 0, $"address \"{text}\": expected one such as 40001, with its table in front");
            return area is not null && area != place.Area ? ("", 0, $"address {text} is in {place.Area}, and the row says {area}") : (place.Area, place.Address, null);
        }
        area ??= _choices.Area;
        if (area is null) return ("", 0, "nothing says which table the point is in; add a function code, or say --area");
        var number = PointWords.Number(text, header.HasHexAddresses) - (addresses == AddressBase.One ? 1 : 0);
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

    private static string Quoted(string cell)
    {
        if (cell.AsSpan().IndexOfAny(",\";#") < 0) return cell;
        return new StringBuilder(cell.Length + 2).Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"').ToString();
    }
}
