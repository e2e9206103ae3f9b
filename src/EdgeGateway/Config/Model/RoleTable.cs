using System.Collections.Immutable;
using System.Globalization;

namespace EdgeGateway.Config.Model;

/// <summary>Every role a signal can have. Which they are stands in roles.csv.</summary>
internal static class RoleTable
{
    private static readonly Dictionary<string, UnitKind> Owners = new() { ["prod"] = UnitKind.Production, ["treat"] = UnitKind.Treatment, ["outlet"] = UnitKind.Outlet };
    private static readonly Dictionary<string, Role> ByName = BuiltInTable.Rows("model/roles").Select(Read).ToDictionary(role => role.Name, StringComparer.Ordinal);

    /// <summary>All roles, in the order of the table.</summary>
    public static ImmutableArray<Role> All { get; } = [.. ByName.Values];

    /// <summary>The role of a full name; null if there is none.</summary>
    public static Role? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>What the names of a kind's roles begin with, without the dot.</summary>
    public static string PrefixOf(UnitKind kind) => Owners.First(owner => owner.Value == kind).Key;

    /// <summary>The names of a kind's roles.</summary>
    public static IReadOnlyList<string> NamesOf(UnitKind kind) => [.. All.Where(role => role.Kind == kind).Select(role => role.Name)];

    private static Role Read(string[] row) => new(
        row[0], Owners[row[0][..row[0].IndexOf('.', StringComparison.Ordinal)]], row[1], UnitTable.BaseOf(row[1]), row[2],
        row[3] switch { "gas" => RoleReference.Gas, "flow" => RoleReference.Flow, "" => RoleReference.None, _ => throw new FormatException($"{row[0]}: basis {row[3]}") },
        row[4].Length == 0 ? null : decimal.Parse(row[4], CultureInfo.InvariantCulture), row[5] == "many", row[6], row[7]);
}
