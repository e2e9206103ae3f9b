using System.Collections.Immutable;
using System.Globalization;
using EdgeGateway.Drivers.Framing;

namespace EdgeGateway.Drivers.Dlt645;

/// <summary>The device keys and map columns of DL/T 645, and what is refused in them.</summary>
internal static class Dlt645Keys
{
    private const int MaxParts = 64;

    private static readonly Dictionary<string, Edition> Editions = new() { ["2007"] = Edition.Of2007, ["1997"] = Edition.Of1997 };

    private static readonly Dictionary<string, bool> YesNo = new() { ["yes"] = true, ["no"] = false, ["true"] = true, ["false"] = false };

    /// <summary>The keys of a meter.</summary>
    public static IReadOnlyList<string> Device { get; } = ["address", "edition", "preamble", "timeout", "quiet", "blocks", "follow-ups"];

    /// <summary>The columns of a map.</summary>
    public static IReadOnlyList<string> Point { get; } = ["di", "member", "format", "sign"];

    /// <summary>Reads a meter's keys.</summary>
    public static MeterDevice? ReadDevice(SettingRow row)
    {
        MeterAddress address = default;
        if (row.Text("address") is not { } text) row.Refuse("address", "nothing", MeterAddress.Rule, "write the meter's address");
        else if (!MeterAddress.TryParse(text, out address)) row.Refuse("address", text, MeterAddress.Rule, "correct address");
        var device = new MeterDevice
        {
            Address = address,
            Edition = row.OneOf("edition", Edition.Of2007, Editions),
            Preamble = row.Whole("preamble", 4, 0, Dlt645Frame.MaxPreamble),
            Timeout = row.Duration("timeout", TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(60)),
            Quiet = row.Duration("quiet", TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)),
            Blocks = row.OneOf("blocks", true, YesNo),
            FollowUps = row.Whole("follow-ups", 16, 0, byte.MaxValue),
        };
        return row.HasFaults ? null : device;
    }

    /// <summary>Reads a point's columns.</summary>
    public static MeterPoint? ReadPoint(string signal, SettingRow row)
    {
        if (row.Text("di") is not { } text)
        {
            row.Refuse("di", "nothing", "a data identifier of 8 hexadecimal digits (1997: 4), or the name of an item such as forward-active", "say what the meter is asked for");
            return null;
        }
        var isIdentifier = text.Length is 8 or 4 && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
        var (of2007, of1997) = isIdentifier ? ByIdentifier(row, text) : ByName(row, text);
        if ((of2007 ?? of1997) is not { } item) return null;
        var part = ReadMember(row, item);
        return row.HasFaults ? null : new MeterPoint { Signal = signal, Item2007 = of2007, Item1997 = of1997, Part = part };
    }

    private static (DataItem? Of2007, DataItem? Of1997) ByName(SettingRow row, string name)
    {
        var lower = name.ToLowerInvariant();
        var (of2007, of1997) = (ItemTable.Find(Edition.Of2007, lower), ItemTable.Find(Edition.Of1997, lower));
        if ((of2007 ?? of1997) is not { } item)
        {
            row.Refuse("di", name, "a data identifier of 8 hexadecimal digits (1997: 4), or the name of an item such as forward-active, ua, p, pf", "correct di");
            return default;
        }
        RefuseOther(row, item);
        return (of2007, of1997);
    }

    private static (DataItem? Of2007, DataItem? Of1997) ByIdentifier(SettingRow row, string text)
    {
        var edition = text.Length == 8 ? Edition.Of2007 : Edition.Of1997;
        var identifier = uint.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var item = ItemTable.Find(edition, identifier);
        if (item is not null) RefuseOther(row, item);
        else item = ReadOwn(row, edition, identifier, text);
        return edition == Edition.Of2007 ? (item, null) : (null, item);
    }

    /// <summary>A known item is what the standard says: another format or sign in a map is a slip, and would make wrong numbers of right bytes.</summary>
    private static void RefuseOther(SettingRow row, DataItem item)
    {
        if (row.Text("format") is { } format && !string.Equals(format, item.FormatText, StringComparison.Ordinal))
            row.Refuse("format", format, $"nothing, or {item.FormatText}: {item.IdentifierText} is {item.NameEn}", "empty format, or correct di");
        var isSigned = item.Parts.Any(part => part.IsSigned);
        if (row.Text("sign") is { } sign && row.OneOf("sign", isSigned, YesNo) != isSigned)
            row.Refuse("sign", sign, $"nothing, or {(isSigned ? "yes" : "no")}: {item.IdentifierText} is {item.NameEn}", "empty sign, or correct di");
    }

    private static DataItem? ReadOwn(SettingRow row, Edition edition, uint identifier, string text)
    {
        var isSigned = row.OneOf("sign", false, YesNo);
        if (row.Text("format") is not { } format)
        {
            row.Refuse("format", "nothing", $"what the bytes of {text} mean, because the gateway does not know it: {ItemFormat.Rule}", "fill in format, or correct di");
            return null;
        }
        var texts = format.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // The sign belongs to numbers; a demand with its time has both.
        var parts = texts.Select(one => ItemFormat.Parse(one, isSigned && one.Contains('X', StringComparison.Ordinal))).ToList();
        if (parts.Count is 0 or > MaxParts || parts.Contains(null) || (isSigned && !parts.Any(part => part!.IsSigned))) // not null: looked for before
        {
            row.Refuse("format", format, $"{ItemFormat.Rule}; values behind each other with a space between, at most {MaxParts}{(isSigned ? "; a sign only with X" : "")}", "correct format");
            return null;
        }
        return new DataItem { Edition = edition, Identifier = identifier, Parts = [.. parts.OfType<ItemFormat>()] };
    }

    private static int ReadMember(SettingRow row, DataItem item)
    {
        var text = row.Text("member");
        if (item.Parts.Length == 1)
        {
            if (text is not null && text != "1") row.Refuse("member", text, $"nothing: {item.IdentifierText} is one value", "empty member, or correct di");
            return 0;
        }
        if (text is null)
            row.Refuse("member", "nothing", $"which value of {item.IdentifierText}, 1 to {item.Parts.Length}: it brings {item.FormatText}", "fill in member");
        return row.Whole("member", 1, 1, item.Parts.Length) - 1;
    }
}
