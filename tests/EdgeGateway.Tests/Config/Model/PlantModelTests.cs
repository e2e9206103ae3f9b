using System.Text;
using EdgeGateway.Config;
using EdgeGateway.Config.Model;

namespace EdgeGateway.Tests.Config.Model;

/// <summary>What plant.yaml becomes.</summary>
public sealed class PlantModelTests
{
    [Fact]
    public void The_sample_has_a_sinter_outlet_with_its_units_and_limits()
    {
        var model = PlantLoader.Load(SiteOnDisk.Sample).Plant!.Model!;
        var outlet = model.Outlets.Single();
        Assert.Equal(("steel", "DA001", 16m, 20m, "stack-1"), (model.Industry, outlet.Unit.Name, outlet.ReferenceO2!.Value, outlet.MaxO2, outlet.Stack));
        Assert.Equal(["fan-1", "bag-1", "scr-1", "fgd-1"], outlet.Treatment);
        Assert.Equal(220m, model.Production.Single().Rated["prod.power"]);
        Assert.Equal(3, model.Treatment.Single(unit => unit.Name == "fgd-1").Bindings.Count(binding => binding.Role.Name == "treat.slurryPumpCurrent"));
        Assert.Equal((GasState.WetActual, GasState.DryStandard), (outlet.Unit.Find("outlet.pm")!.State, outlet.Unit.Find("outlet.so2")!.State));
        Assert.Empty(model.SharingStackWith(outlet));
    }

    [Fact]
    public void A_site_without_plant_yaml_has_no_model_and_no_fault()
    {
        using var site = new SiteOnDisk();
        Assert.Null(site.Plant().Model);
    }

    [Fact]
    public void The_model_is_part_of_the_configuration_hash()
    {
        using var site = SiteOnDisk.OfSample();
        var before = site.Plant().ConfigHash;
        site.Write("plant.yaml", [.. site.Read("plant.yaml"), (byte)'\n']);
        var after = site.Plant().ConfigHash;
        site.Delete("plant.yaml");
        Assert.Equal(3, new[] { before, after, site.Plant().ConfigHash }.Distinct().Count());
    }

    [Fact]
    public void A_file_of_the_other_ending_is_not_passed_over()
    {
        using var site = new SiteOnDisk();
        site.Write("plant.yml", "industry: steel\n");
        Assert.Equal("plant.yml", site.Load().Faults.Single().File);
    }

    [Fact]
    public void A_signal_that_its_map_failed_to_give_is_not_complained_about_again()
    {
        using var site = SiteOnDisk.OfSample();
        site.Write("maps/cems-gas.csv", Encoding.UTF8.GetString(site.Read("maps/cems-gas.csv")).Replace("so2,二氧化硫,sulphur dioxide,fast,holding,2", "so2,二氧化硫,sulphur dioxide,fast,holding,x", StringComparison.Ordinal));
        Assert.Equal(["maps/cems-gas.csv"], site.Load().Faults.Select(fault => fault.File));
    }

    [Fact]
    public void A_signal_in_another_unit_is_converted()
    {
        var binding = Bound("outlet.flow", "m3/s", "flow-state: wet-standard", "outlet.humidity: d.x");
        Assert.Equal(7200m, binding.Conversion.Convert(2m));
    }

    [Theory]
    [InlineData("outlet.so2", "ppm", 22.4, 64)]
    [InlineData("outlet.temperature", "K", 273.15, 0)]
    [InlineData("outlet.pressure", "Pa", -350, -0.35)]
    [InlineData("outlet.humidity", "1", 0.18, 18)]
    public void Units_become_those_of_the_role(string role, string unit, double value, double expected)
    {
        var binding = Bound(role, unit, "gas-state: dry-standard");
        Assert.Equal((decimal)expected, binding.Conversion.Convert((decimal)value));
    }

    [Fact]
    public void Two_outlets_of_one_stack_share_it()
    {
        using var site = Site("mg/m3", """
            industry: steel
            stacks: [{ stack: s }]
            production: [{ unit: p, process: sintering }]
            outlets:
              - { outlet: A, stack: s, production: p, twin-of: B }
              - { outlet: B, stack: s, production: p, twin-of: A }

            """);
        var model = site.Plant().Model!;
        Assert.Equal(["B"], model.SharingStackWith(model.Outlets[0]).Select(outlet => outlet.Unit.Name));
        Assert.Equal("A", model.Outlets[1].TwinOf);
    }

    private static RoleBinding Bound(string role, string unit, string state, string other = "")
    {
        using var site = Site(unit, $"""
            industry: steel
            stacks: [{"{"} stack: s {"}"}]
            production: [{"{"} unit: p, process: sintering {"}"}]
            outlets:
              - outlet: A
                stack: s
                production: p
                {state}
                roles:
                  {role}: d.y
                  {other}

            """);
        return site.Plant().Model!.Outlets[0].Unit.Find(role)!;
    }

    private static SiteOnDisk Site(string unit, string plant)
    {
        var site = new SiteOnDisk();
        site.Write("maps/m.csv", $"signal,group,area,address,type,unit\nx,fast,holding,0,uint16,%\ny,fast,holding,1,uint16,{unit}\n");
        site.Write("plant.yaml", plant);
        return site;
    }
}
