namespace EdgeGateway.Config.Import;

/// <summary>The header of a point table: which of its columns means what, by the names that such tables give them in Chinese and English.</summary>
internal sealed class ImportHeader
{
    private static readonly (ImportColumn Column, string[] Names)[] Vocabulary =
    [
        (ImportColumn.Name, ["名称", "点名", "点位名称", "变量名", "变量名称", "变量", "信号名称", "测点名称", "参数名称", "参数", "name", "tag", "tagname", "signal", "variable", "variablename", "point", "pointname", "parameter"]),
        (ImportColumn.EnglishName, ["英文名", "英文名称", "nameen", "englishname"]),
        (ImportColumn.Address, ["地址", "寄存器地址", "寄存器", "起始地址", "modbus地址", "通讯地址", "address", "register", "registeraddress", "addr", "modbusaddress"]),
        (ImportColumn.Function, ["功能码", "读功能码", "function", "functioncode", "fc"]),
        (ImportColumn.Area, ["寄存器类型", "存储区", "区", "数据区", "area", "registertype", "table"]),
        (ImportColumn.Type, ["数据类型", "类型", "数据格式", "格式", "type", "datatype", "dataformat", "format"]),
        (ImportColumn.Order, ["字节序", "字节顺序", "字序", "顺序", "byteorder", "wordorder", "order", "endian", "endianness"]),
        (ImportColumn.Scale, ["系数", "倍率", "比例", "比例系数", "缩放", "缩放系数", "scale", "scaling", "multiplier", "gain", "ratio", "factor"]),
        (ImportColumn.Decimals, ["小数位", "小数位数", "小数", "decimals", "decimalplaces"]),
        (ImportColumn.Offset, ["偏移", "偏移量", "offset"]),
        (ImportColumn.Unit, ["单位", "工程单位", "unit", "units", "engineeringunit"]),
        (ImportColumn.Access, ["读写", "读写属性", "读写权限", "权限", "属性", "access", "rw", "readwrite", "r/w"]),
        (ImportColumn.Note, ["备注", "说明", "描述", "注释", "description", "comment", "remark", "remarks", "note", "notes"]),
        (ImportColumn.Registers, ["长度", "寄存器个数", "寄存器数量", "寄存器数", "字数", "数量", "length", "count", "registers", "quantity", "size"]),
        (ImportColumn.Bit, ["位", "位号", "位地址", "bit", "bitno"]),
        (ImportColumn.Min, ["下限", "最小值", "量程下限", "min", "minimum", "low"]),
        (ImportColumn.Max, ["上限", "最大值", "量程上限", "max", "maximum", "high"]),
        (ImportColumn.Factor, ["因子编码", "污染物编码", "因子代码", "hj212", "hj212code", "factorcode"]),
        (ImportColumn.Ordinal, ["序号", "编号", "no", "no.", "index", "#"]),
    ];

    // What may stand in parentheses behind an address or a length. Anything else there changes what the numbers below mean in a way that is not known.
    private static readonly string[] Decimal = ["十进制", "10进制", "dec", "decimal"];
    private static readonly string[] Hexadecimal = ["十六进制", "16进制", "hex", "hexadecimal"];
    private static readonly string[] Bytes = ["字节", "字节数", "byte", "bytes"];
    private static readonly string[] Registers = ["字", "字数", "寄存器", "寄存器数", "寄存器个数", "word", "words", "register", "registers"];

    private readonly Dictionary<ImportColumn, int> _places = [];

    private ImportHeader(string[] cells)
    {
        Cells = cells;
        for (var i = 0; i < cells.Length; i++)
        {
            var (name, explanation) = Parts(cells[i]);
            if (Meaning(name) is not { } column) continue;
            if (!_places.TryAdd(column, i)) Twice ??= cells[i];
            if (!IsExplained(column, explanation)) Unclear ??= cells[i];
        }
    }

    /// <summary>As written.</summary>
    public IReadOnlyList<string> Cells { get; }

    /// <summary>A column that means what another one means already; null if there is none.</summary>
    public string? Twice { get; }

    /// <summary>An address or a length with something in parentheses that is not known; null if there is none.</summary>
    public string? Unclear { get; }

    /// <summary>Whether addresses are written as hexadecimal numbers.</summary>
    public bool HasHexAddresses { get; private set; }

    /// <summary>Whether lengths count bytes, and not registers.</summary>
    public bool CountsBytes { get; private set; }

    /// <summary>How many columns have a meaning.</summary>
    public int Known => _places.Count;

    /// <summary>The header in a row of cells; null if it is none: a header has an address and one column more that is known.</summary>
    public static ImportHeader? Of(string[] cells)
    {
        var header = new ImportHeader(cells);
        return header.Has(ImportColumn.Address) && header.Known > 1 ? header : null;
    }

    /// <summary>What a column means; null for nothing that is known.</summary>
    public ImportColumn? MeaningOf(int index) => _places.Where(pair => pair.Value == index).Select(pair => (ImportColumn?)pair.Key).FirstOrDefault();

    public bool Has(ImportColumn column) => _places.ContainsKey(column);

    /// <summary>The text of a column in a row; empty if there is none.</summary>
    public string Text(string[] row, ImportColumn column) =>
        _places.TryGetValue(column, out var index) && index < row.Length ? PlainText.Of(row[index]).Trim() : "";

    /// <summary>Takes what stands in parentheses; false if it is not known where it matters.</summary>
    private bool IsExplained(ImportColumn column, string explanation)
    {
        if (column is not (ImportColumn.Address or ImportColumn.Registers) || explanation.Length == 0) return true;
        if (column == ImportColumn.Address)
        {
            HasHexAddresses = Hexadecimal.Contains(explanation);
            return HasHexAddresses || Decimal.Contains(explanation);
        }
        CountsBytes = Bytes.Contains(explanation);
        return CountsBytes || Registers.Contains(explanation);
    }

    /// <summary>The name in a cell, and what explains it in parentheses. Full-width forms count as the usual ones.</summary>
    private static (string Name, string Explanation) Parts(string cell)
    {
        var name = new string([.. PlainText.Of(cell).ToLowerInvariant().Where(c => c is not (' ' or '_' or '-' or ':' or '\n'))]);
        var parenthesis = name.IndexOf('(', StringComparison.Ordinal);
        if (parenthesis <= 0) return (name, "");
        var explanation = name[(parenthesis + 1)..];
        return (name[..parenthesis], explanation.EndsWith(')') ? explanation[..^1] : explanation);
    }

    private static ImportColumn? Meaning(string name)
    {
        foreach (var (column, names) in Vocabulary)
            if (names.Contains(name)) return column;
        return null;
    }
}
