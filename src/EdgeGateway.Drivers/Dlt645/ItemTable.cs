using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace EdgeGateway.Drivers.Dlt645;

/// <summary>The data items of the standard that this gateway knows: the rows of <c>items.csv</c> beside this file.</summary>
internal static class ItemTable
{
    private const string Resource = "EdgeGateway.Drivers.Dlt645.items.csv";

    /// <summary>All items, in the order of the file.</summary>
    public static ImmutableArray<DataItem> All { get; } = Load();

    private static readonly FrozenDictionary<(Edition, uint), DataItem> ByIdentifier = All.ToFrozenDictionary(item => (item.Edition, item.Identifier));

    private static readonly FrozenDictionary<(Edition, string), DataItem> ByName =
        All.ToFrozenDictionary(item => (item.Edition, item.Name));

    /// <summary>The item of this identifier; null if the table has none.</summary>
    public static DataItem? Find(Edition edition, uint identifier) => ByIdentifier.GetValueOrDefault((edition, identifier));

    /// <summary>The item of this name; null if the edition has none.</summary>
    public static DataItem? Find(Edition edition, string name) => ByName.GetValueOrDefault((edition, name));

    /// <summary>The block that brings this item along with its neighbours; null if there is none.</summary>
    public static DataItem? BlockOf(DataItem item) => item.Block == 0 ? null : Find(item.Edition, item.Block);

    private static ImmutableArray<DataItem> Load()
    {
        using var stream = typeof(ItemTable).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is not built in");
        using var reader = new StreamReader(stream);
        reader.ReadLine();
        var items = ImmutableArray.CreateBuilder<DataItem>();
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#') items.Add(Read(line));
        return items.ToImmutable();
    }

    // di,name,name_zh,name_en,bytes,format,unit,signed,block,member
    private static DataItem Read(string line)
    {
        var cells = line.Split(',');
        var edition = cells[0].Length == 8 ? Edition.Of2007 : Edition.Of1997;
        var item = new DataItem
        {
            Edition = edition,
            Identifier = Hex(cells[0]),
            Name = cells[1],
            NameZh = cells[2],
            NameEn = cells[3],
            Unit = cells[6],
            Parts = [.. cells[5].Split(' ').Select(text => ItemFormat.Parse(text, cells[7] == "yes") ?? throw new FormatException($"items.csv: '{line}': no format"))],
            Block = cells[8].Length == 0 ? 0 : Hex(cells[8]),
            PartOfBlock = cells[9].Length == 0 ? 0 : int.Parse(cells[9], CultureInfo.InvariantCulture) - 1,
        };
        return item.Bytes == int.Parse(cells[4], CultureInfo.InvariantCulture) ? item : throw new FormatException($"items.csv: '{line}': {item.Bytes} bytes in the format");
    }

    private static uint Hex(string text) => uint.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
