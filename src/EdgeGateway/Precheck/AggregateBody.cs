using System.Globalization;
using System.Text;
using EdgeGateway.Config.Model;
using EdgeGateway.Evidence;

namespace EdgeGateway.Precheck;

/// <summary>Writes closed periods as bodies of <c>aggregate</c> payloads (docs/wire.md §4.5), in as many parts as it takes.</summary>
internal sealed class AggregateBody(int maxBytes)
{
    private const int MostHeadBytes = 200;

    private static readonly Dictionary<LimitBasis, string> Bases = new() { [LimitBasis.Reference] = "reference", [LimitBasis.Dry] = "dry", [LimitBasis.Mass] = "mass" };

    private readonly Utf8Buffer _row = new(4096);

    /// <summary>The bodies, each with its comma in front.</summary>
    public IReadOnlyList<byte[]> Write(ClosedPeriod closed)
    {
        var parts = Parts(closed);
        return [.. parts.Select((units, index) => Body(closed, parts.Count, index + 1, units))];
    }

    private static byte[] Body(ClosedPeriod closed, int of, int part, byte[] units)
    {
        var head = new Utf8Buffer(units.Length + MostHeadBytes);
        head.Raw(",\"over\":"u8).Quoted(closed.Period.Text).Raw(",\"from\":"u8).Number(closed.Start).Raw(",\"late\":"u8).Number(closed.Late);
        return head.Raw(",\"of\":"u8).Number(of).Raw(",\"part\":"u8).Number(part).Raw(",\"units\":["u8).Raw(units).Raw("]"u8).Written.ToArray();
    }

    /// <summary>Units with their rows, cut so that each part fits a line. A unit with many rows may stand in two.</summary>
    private List<byte[]> Parts(ClosedPeriod closed)
    {
        var parts = new List<byte[]>();
        var text = new Utf8Buffer(16 * 1024);
        foreach (var (unit, rows) in closed.Units)
        {
            var isOpen = false;
            foreach (var row in rows)
            {
                WriteRow(row, closed, unit.Outlet);
                if (text.Length + _row.Length + MostHeadBytes * 2 > maxBytes)
                {
                    parts.Add(text.Raw(isOpen ? "]}"u8 : ""u8).Written.ToArray());
                    text.Clear();
                    isOpen = false;
                }
                if (isOpen) text.Raw(","u8);
                else WriteUnit(text.Raw(text.Length > 0 ? ","u8 : ""u8), unit);
                isOpen = true;
                text.Raw(_row.Written);
            }
            if (isOpen) text.Raw("]}"u8);
        }
        if (text.Length > 0) parts.Add(text.Written.ToArray());
        return parts;
    }

    private static void WriteUnit(Utf8Buffer text, UnitTally unit)
    {
        text.Raw("{\"unit\":"u8).Quoted(unit.Unit.Name);
        if (unit.Outlet?.ReferenceO2 is { } reference) text.Raw(",\"o2\":"u8).Raw(Digits(reference));
        text.Raw(",\"rows\":["u8);
    }

    private void WriteRow(AggregateRow row, ClosedPeriod closed, Outlet? outlet)
    {
        var role = row.Binding.Role;
        _row.Clear();
        _row.Raw("["u8).Quoted(role.Name).Raw(","u8).Quoted(row.Binding.Signal.Text).Raw(","u8).Quoted(role.Unit).Raw(","u8).Quoted(role.FactorCode).Raw(","u8)
            .Quoted(DataFlags.TextOf(row.Flag)).Raw(","u8).Number(row.Due).Raw(","u8).Number(row.Seen).Raw(","u8).Number(row.Valid);
        foreach (var value in (ReadOnlySpan<decimal?>)[row.Mean, row.Min, row.Max]) _row.Raw(","u8).Raw(value is { } number ? Digits(number) : "null"u8);
        WriteMore(row, closed, outlet);
        _row.Raw("]"u8);
    }

    private void WriteMore(AggregateRow row, ClosedPeriod closed, Outlet? outlet)
    {
        var start = _row.Length;
        Member("dry"u8, row.Dry, start);
        Member("ref"u8, row.Reference, start);
        if (row.Reference is not null && row.ReferenceValid != row.Valid) Member("refn"u8, row.ReferenceValid, start);
        Member("kg"u8, row.Mass, start);
        if (row.Why.Length > 0) Key("why"u8, start).Quoted(row.Why);
        WriteOtherFlags(row, start);
        WriteLimits(row, closed, outlet, start);
        if (_row.Length > start) _row.Raw("}"u8);
    }

    private void WriteOtherFlags(AggregateRow row, int start)
    {
        if (row.Flags.AsSpan()[1..].IndexOfAnyExcept(0) < 0) return;
        Key("not"u8, start).Raw("{"u8);
        var isFirst = true;
        for (var i = 1; i < row.Flags.Length; i++)
        {
            if (row.Flags[i] == 0) continue;
            _row.Raw(isFirst ? ""u8 : ","u8).Quoted(DataFlags.TextOf((DataFlag)i)).Raw(":"u8).Number(row.Flags[i]);
            isFirst = false;
        }
        _row.Raw("}"u8);
    }

    /// <summary>What was permitted when the period began, so that nobody has to guess later.</summary>
    private void WriteLimits(AggregateRow row, ClosedPeriod closed, Outlet? outlet, int start)
    {
        if (outlet is null || closed.Period.Limit is not { } over || !row.Binding.Role.IsPollutant) return;
        var isFirst = true;
        foreach (var (basis, name) in Bases)
        {
            if (outlet.Limits.Find(row.Binding.Role.Name, basis, over, ChinaTime.Local(closed.Start)) is not { } limit) continue;
            if (isFirst) Key("lim"u8, start).Raw("["u8);
            else _row.Raw(","u8);
            isFirst = false;
            _row.Raw("["u8).Quoted(limit.Name).Raw(","u8).Number(limit.Version).Raw(","u8).Quoted(name).Raw(","u8).Raw(Digits(AggregateRow.Rounded(limit.Value))).Raw("]"u8);
        }
        if (!isFirst) _row.Raw("]"u8);
    }

    private void Member(ReadOnlySpan<byte> name, decimal? value, int start)
    {
        if (value is { } number) Key(name, start).Raw(Digits(number));
    }

    private Utf8Buffer Key(ReadOnlySpan<byte> name, int start) =>
        _row.Raw(_row.Length == start ? ",{"u8 : ","u8).Raw("\""u8).Raw(name).Raw("\":"u8);

    private static ReadOnlySpan<byte> Digits(decimal number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
