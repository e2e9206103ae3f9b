using System.Text.Json;
using EdgeGateway.Config;
using EdgeGateway.Config.Model;
using EdgeGateway.Drivers;
using EdgeGateway.Precheck.Rules;

namespace EdgeGateway.Tests.Config;

/// <summary>The schemas that editors use and the keys that the loader accepts are the same.</summary>
public sealed class SchemaTests
{
    private static readonly IEnumerable<string> DriverLineKeys = DriverCatalog.All.SelectMany(type => type.LineKeys);
    private static readonly IEnumerable<string> DriverDeviceKeys = DriverCatalog.All.SelectMany(type => type.DeviceKeys);
    private static readonly IEnumerable<string> DriverPointColumns = DriverCatalog.All.SelectMany(type => type.PointColumns);

    [Fact]
    public void The_schema_of_site_yaml_names_what_is_accepted()
    {
        var site = Schema("site");
        AssertKeys(ConfigKeys.Site, site);
        AssertKeys(ConfigKeys.Broker, site.GetProperty("properties").GetProperty("broker"));
        AssertKeys(ConfigKeys.Recording, site.GetProperty("properties").GetProperty("recording"));
        AssertKeys(ConfigKeys.Outbox, site.GetProperty("properties").GetProperty("outbox"));
        AssertKeys(ConfigKeys.Mirror, site.GetProperty("properties").GetProperty("mirror"));
    }

    [Fact]
    public void The_schema_of_line_files_names_what_is_accepted()
    {
        var line = Schema("line");
        AssertKeys(ConfigKeys.Line.Concat(DriverLineKeys), line);
        AssertKeys(ConfigKeys.Device.Concat(DriverDeviceKeys), line.GetProperty("properties").GetProperty("devices").GetProperty("items"));
        var protocols = line.GetProperty("properties").GetProperty("protocol").GetProperty("enum").EnumerateArray();
        Assert.Equal(DriverCatalog.All.Select(type => type.Name), protocols.Select(name => name.GetString()));
    }

    [Fact]
    public void The_schema_of_YAML_maps_names_what_is_accepted()
    {
        var map = Schema("map");
        AssertKeys(ConfigKeys.Map, map);
        AssertKeys(ConfigKeys.Point.Concat(DriverPointColumns), map.GetProperty("properties").GetProperty("points").GetProperty("items"));
    }

    [Fact]
    public void The_schema_of_plant_yaml_names_what_is_accepted()
    {
        var plant = Schema("plant");
        AssertKeys(ConfigKeys.PlantModel, plant);
        AssertKeys(ConfigKeys.PlantProduction, Items(plant, "production"));
        AssertKeys(ConfigKeys.PlantTreatment, Items(plant, "treatment"));
        AssertKeys(ConfigKeys.PlantOutlet, Items(plant, "outlets"));
        AssertKeys(ConfigKeys.PlantLimit, Items(Items(plant, "outlets"), "limits"));
        AssertKeys(ConfigKeys.PlantStack, Items(plant, "stacks"));
        AssertKeys(ConfigKeys.PlantCamera, Items(plant, "cameras"));
        AssertKeys(RoleTable.NamesOf(UnitKind.Production), Items(plant, "production").GetProperty("properties").GetProperty("roles"));
        AssertKeys(RoleTable.NamesOf(UnitKind.Treatment), Items(plant, "treatment").GetProperty("properties").GetProperty("rated"));
        AssertKeys(RoleTable.NamesOf(UnitKind.Outlet), Items(plant, "outlets").GetProperty("properties").GetProperty("roles"));
        Assert.Equal(PlantModelReader.Industries, Choices(plant, "industry"));
        Assert.Equal(PlantModelReader.ProductionProcesses, Choices(Items(plant, "production"), "process"));
        Assert.Equal(PlantModelReader.TreatmentProcesses, Choices(Items(plant, "treatment"), "process"));
        Assert.Equal(BindingReader.StateNames, Choices(Items(plant, "outlets"), "gas-state"));
    }

    [Fact]
    public void The_reference_names_every_role_process_and_state()
    {
        var reference = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "configuration.md"));
        var words = RoleTable.All.Select(role => role.Name).Concat(PlantModelReader.Industries).Concat(PlantModelReader.ProductionProcesses)
            .Concat(PlantModelReader.TreatmentProcesses).Concat(BindingReader.StateNames);
        Assert.All(words, word => Assert.Contains($"`{word}`", reference, StringComparison.Ordinal));
    }

    [Fact]
    public void The_reference_names_every_key_kind_and_suppression_of_rule_packs()
    {
        var reference = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "configuration.md"));
        var words = RuleKeys.Pack.Concat(RuleKeys.Rule).Concat(RuleKinds.All.Select(kind => kind.Name)).Concat(RuleReader.SuppressionCodes)
            .Concat(RuleKinds.All.SelectMany(kind => kind.Keys).Except(RuleKeys.Predicate));
        Assert.All(words, word => Assert.Contains($"`{word}`", reference, StringComparison.Ordinal));
        Assert.Contains($"{{ {string.Join(", ", RuleKeys.Predicate)} }}", reference, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reference_names_every_key_and_column()
    {
        var reference = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "configuration.md"));
        var keys = ConfigKeys.Site.Concat(ConfigKeys.Broker).Concat(ConfigKeys.Recording).Concat(ConfigKeys.Outbox).Concat(ConfigKeys.Mirror).Concat(ConfigKeys.Line)
            .Concat(ConfigKeys.PlantModel).Concat(ConfigKeys.PlantProduction).Concat(ConfigKeys.PlantTreatment).Concat(ConfigKeys.PlantOutlet).Concat(ConfigKeys.PlantBinding)
            .Concat(ConfigKeys.PlantLimit).Concat(ConfigKeys.PlantStack).Concat(ConfigKeys.PlantCamera)
            .Concat(ConfigKeys.Device).Concat(ConfigKeys.Map).Concat(ConfigKeys.Point).Concat(DriverLineKeys).Concat(DriverDeviceKeys).Concat(DriverPointColumns);
        Assert.All(keys, key => Assert.Contains($"`{key}`", reference, StringComparison.Ordinal));
    }

    private static JsonElement Items(JsonElement schema, string list) => schema.GetProperty("properties").GetProperty(list).GetProperty("items");

    private static IEnumerable<string?> Choices(JsonElement schema, string key) =>
        schema.GetProperty("properties").GetProperty(key).GetProperty("enum").EnumerateArray().Select(choice => choice.GetString());

    private static void AssertKeys(IEnumerable<string> accepted, JsonElement schema)
    {
        Assert.Equal(accepted.Distinct().Order(StringComparer.Ordinal),
            schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        Assert.All(schema.TryGetProperty("required", out var required) ? required.EnumerateArray() : [],
            key => Assert.Contains(key.GetString(), accepted));
    }

    private static JsonElement Schema(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SiteOnDisk.Sample, "schema", $"{name}.schema.json")));
        return document.RootElement.Clone();
    }
}
