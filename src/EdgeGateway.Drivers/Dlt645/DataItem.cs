using System.Collections.Immutable;
using System.Globalization;

namespace EdgeGateway.Drivers.Dlt645;

/// <summary>What one data identifier brings. Immutable.</summary>
internal sealed class DataItem
{
    private readonly ImmutableArray<ItemFormat> _parts;
    private readonly int[] _ends = [];

    /// <summary>To which edition the identifier belongs.</summary>
    public required Edition Edition { get; init; }

    /// <summary>The data identifier, DI3 DI2 DI1 DI0 (1997: DI1 DI0) from the highest byte down.</summary>
    public required uint Identifier { get; init; }

    /// <summary>The item's short name in maps; empty for one that the table does not have.</summary>
    public string Name { get; init; } = "";

    /// <summary>Name for people, Chinese.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>Name for people, English.</summary>
    public string NameEn { get; init; } = "";

    /// <summary>Unit as printed; empty for none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Its values in the order in which they come; more than one in blocks and in demands with their times.</summary>
    public required ImmutableArray<ItemFormat> Parts
    {
        get => _parts;
        init
        {
            _parts = value;
            _ends = new int[value.Length];
            for (var part = 0; part < value.Length; part++) _ends[part] = OffsetOf(part) + value[part].Bytes;
        }
    }

    /// <summary>Bytes of the identifier in a frame.</summary>
    public int IdentifierBytes => Edition == Edition.Of2007 ? 4 : 2;

    /// <summary>The block that brings this item together with its neighbours; 0 for none.</summary>
    public uint Block { get; init; }

    /// <summary>Which part of the block this item is, counted from 0.</summary>
    public int PartOfBlock { get; init; }

    /// <summary>Data bytes of a whole answer, without the identifier.</summary>
    public int Bytes => _ends[^1];

    /// <summary>
    /// True for blocks of energy: total, tariff 1, tariff 2 and so on. A meter with more tariffs than the table has sends more of them, and the order of the first
    /// ones stays.
    /// </summary>
    public bool MayGrow => Parts.Length > 1 && (Edition == Edition.Of2007 ? Identifier >> 24 == 0 && (Identifier >> 8 & 0xFF) == 0xFF : (Identifier & 0xF00F) == 0x900F);

    /// <summary>Where a part begins in the data.</summary>
    public int OffsetOf(int part) => part == 0 ? 0 : _ends[part - 1];

    /// <summary>The identifier as people write it.</summary>
    public string IdentifierText => Identifier.ToString(Edition == Edition.Of2007 ? "X8" : "X4", CultureInfo.InvariantCulture);

    /// <summary>True if data of this length is the item, whole.</summary>
    public bool Fits(int dataBytes) => dataBytes == Bytes || (MayGrow && dataBytes > Bytes && dataBytes % Parts[0].Bytes == 0);

    /// <summary>The format of all parts as people write it.</summary>
    public string FormatText => string.Join(' ', Parts.Select(part => part.Text));
}
