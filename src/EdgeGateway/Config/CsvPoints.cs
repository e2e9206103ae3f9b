using CsvHelper;

namespace EdgeGateway.Config;

/// <summary>
/// A device map as CSV, as spreadsheet programs save it: comma, semicolon or tab, quotes, blank lines, lines that start with <c>#</c>.
/// </summary>
internal sealed class CsvPoints(string file, FaultList faults)
{
    private const int MaxColumns = 200;

    private readonly List<(string Name, int Line)> _columns = [];
    private readonly List<string?> _header = []; // null where a column stands a second time, which is reported once
    private readonly List<PointRow> _rows = [];
    private int _headerLine;
    private bool _hasBadQuotes;
    private bool _isHeaderBad;
    private bool _isComplete = true;

    public static PointTable? Read(string file, string text, FaultList faults)
    {
        var points = new CsvPoints(file, faults);
        points.ReadRecords(text);
        if (points._isHeaderBad) return null;
        if (points._headerLine > 0) return new PointTable(file, points._headerLine, points._columns, points._rows, points._isComplete);
        faults.Add(file, 1, "an empty file", "a header line with the columns, and points below it", "fill in the map");
        return null;
    }

    /// <summary>The separator that stands most often in the first line that is not blank and no comment, outside quotes.</summary>
    private static char SeparatorOf(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var trimmed = line.Trim();
            if (trimmed.IsEmpty || trimmed.TrimStart('"').StartsWith('#')) continue;
            Span<int> counts = stackalloc int[3];
            var isQuoted = false;
            foreach (var c in line)
            {
                if (c == '"') isQuoted = !isQuoted;
                else if (!isQuoted && ",;\t".IndexOf(c, StringComparison.Ordinal) is var kind and >= 0) counts[kind]++;
            }
            if (counts[1] > counts[0] && counts[1] >= counts[2]) return ';';
            return counts[2] > counts[0] ? '\t' : ',';
        }
        return ',';
    }

    private void ReadRecords(string text)
    {
        var options = new CsvReaderOptions
        {
            Separator = SeparatorOf(text),
            HasHeader = false,
            CommentPrefix = '#',
            TrimWhitespace = true,
            TrackLineNumbers = true,
            AllowLineBreaksInQuotes = false, // one lost quote costs one line, not the rest of the file
            OnMalformedRecord = _ => _hasBadQuotes = true,
        };
        using var csv = CsvReader.FromText(text, options);
        while (ReadNext(csv))
        {
            var line = (int)csv.LineNumber;
            var cells = csv.Current.ToArray();
            for (var i = 0; i < cells.Length; i++) cells[i] = cells[i].Trim();
            if (cells.All(cell => cell.Length == 0) || cells[0].StartsWith('#')) continue;
            if (_hasBadQuotes) RefuseQuotes(line);
            else if (_headerLine == 0) ReadHeader(cells, line);
            else if (_rows.Count < PointTable.MaxRows) ReadRow(cells, line);
            else
            {
                PointTable.RefuseMore(file, line, faults);
                return;
            }
            if (_isHeaderBad) return;
        }
    }

    private bool ReadNext(CsvReader csv)
    {
        _hasBadQuotes = false;
        try
        {
            return csv.Read();
        }
        catch (CsvFormatException e)
        {
            faults.Add(file, Math.Max(1, (int)e.LineNumber), $"text that is not CSV ({ConfigFault.Quote(e.Message)})", "CSV",
                "save the table as CSV again");
            _isComplete = false;
            return false;
        }
    }

    private void RefuseQuotes(int line)
    {
        faults.Add(file, line, "quotes that do not fit",
            "cells without quotes, or \"quoted\" whole on one line with each quote inside doubled",
            "correct the quotes on this line");
        _isHeaderBad = _headerLine == 0;
        _isComplete = false;
    }

    private void ReadHeader(string[] cells, int line)
    {
        if (cells.Length > MaxColumns)
        {
            faults.Add(file, line, $"{cells.Length} columns", $"at most {MaxColumns}",
                "remove the empty ones, or check that it is the right file");
            _isHeaderBad = true;
            return;
        }
        _headerLine = line;
        foreach (var cell in cells)
        {
            var name = cell.ToLowerInvariant();
            var isSecond = name.Length > 0 && _header.Contains(name);
            if (isSecond) faults.Add(file, line, $"column {ConfigFault.Quote(name)} a second time", "it once", "remove one of the two");
            else if (name.Length > 0) _columns.Add((name, line));
            _header.Add(isSecond ? null : name);
        }
    }

    private void ReadRow(string[] cells, int line)
    {
        var named = new Dictionary<string, PointCell>(StringComparer.Ordinal);
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i].Length == 0) continue;
            if (i < _header.Count && _header[i] is not { Length: 0 })
            {
                if (_header[i] is { } column) named[column] = new PointCell(cells[i], line);
                continue;
            }
            faults.Add(file, line, $"{ConfigFault.Quote(cells[i])} in cell {i + 1}, which has no column",
                $"the {_columns.Count} columns of the header",
                "remove the extra separator, quote the cell that holds one, or name the column");
            break;
        }
        _rows.Add(new PointRow(line, named));
    }
}
