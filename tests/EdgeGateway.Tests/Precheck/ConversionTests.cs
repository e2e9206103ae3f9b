using System.Text.Json;
using EdgeGateway.Config.Model;
using EdgeGateway.Drivers;
using EdgeGateway.Precheck;

namespace EdgeGateway.Tests.Precheck;

/// <summary>Dry gas, standard state, reference oxygen, mass: by the formulas of HJ 212-2017 App. D.</summary>
public sealed class ConversionTests
{
    [Fact]
    public void A_concentration_is_converted_to_reference_oxygen()
    {
        var row = Minute(OutletSite.Usual, ("so2", 8.65f), ("o2", 17.01f), ("flow", 1_121_400));
        Assert.Equal(("8.65", "10.839599", "0.161668"), (OutletSite.More(row, "dry"), OutletSite.More(row, "ref"), OutletSite.More(row, "kg")));
    }

    [Theory]
    [InlineData(19.9f, true)]
    [InlineData(20f, false)]
    [InlineData(21f, false)]
    [InlineData(22f, false)]
    public void Near_ambient_oxygen_nothing_is_converted(float oxygen, bool isConverted)
    {
        var row = Minute(OutletSite.Usual, ("so2", 8), ("o2", oxygen));
        Assert.Equal((isConverted, isConverted ? null : "\"oxygen-high\""), (OutletSite.More(row, "ref") is not null, OutletSite.More(row, "why")));
        Assert.Equal("8", row[8].GetRawText()); // what was measured stays
    }

    [Fact]
    public void Wet_gas_as_it_flows_becomes_dry_gas_at_standard_state()
    {
        var row = Minute("""
                gas-state: wet-actual
                atmospheric-pressure: 101.325 kPa
                roles:
                  outlet.so2: d.so2
                  outlet.temperature: d.temperature
                  outlet.pressure: d.pressure
                  outlet.humidity: d.humidity
            """, ("so2", 10), ("temperature", 136.5f), ("humidity", 20));
        Assert.Equal("18.75", OutletSite.More(row, "dry")); // 10 · 1.5 / 0.8
        Assert.Null(OutletSite.More(row, "ref"));
    }

    [Fact]
    public void Oxygen_in_wet_gas_is_dried_before_it_converts()
    {
        var row = Minute("""
                reference-o2: 16 %
                gas-state: dry-standard
                roles:
                  outlet.so2: d.so2
                  outlet.o2: { signal: d.o2, state: wet-actual }
                  outlet.humidity: d.humidity
            """, ("so2", 10), ("o2", 12.8f), ("humidity", 20));
        Assert.Equal("10", OutletSite.More(row, "ref")); // 12.8 / 0.8 is 16
    }

    [Fact]
    public void A_humidity_that_cannot_be_makes_no_number()
    {
        var row = Minute("""
                gas-state: wet-standard
                roles:
                  outlet.so2: d.so2
                  outlet.humidity: d.humidity
            """, ("so2", 10), ("humidity", 100));
        Assert.Equal((null, "\"conditions\""), (OutletSite.More(row, "dry"), OutletSite.More(row, "why")));
    }

    [Fact]
    public void A_wet_flow_gives_the_mass_of_dry_gas()
    {
        var row = Minute("""
                gas-state: dry-standard
                flow-state: wet-actual
                atmospheric-pressure: 101.325 kPa
                roles:
                  outlet.so2: d.so2
                  outlet.flow: d.flow
                  outlet.temperature: d.temperature
                  outlet.pressure: d.pressure
                  outlet.humidity: d.humidity
            """, ("so2", 60), ("flow", 1_500_000), ("temperature", 136.5f), ("humidity", 20));
        Assert.Equal("0.8", OutletSite.More(row, "kg")); // 800,000 m3/h · 60 mg/m3 is 48 kg/h
    }

    [Fact]
    public void A_share_in_ppm_comes_to_a_mass_at_standard_state_and_is_only_dried()
    {
        var ppm = UnitTable.Find("concentration", "ppm", 64m);
        Assert.True(ppm is { IsOfShare: true });
        var so2 = new RoleBinding(RoleTable.Find("outlet.so2")!, SignalId.Of("d", "so2"), ppm.Value, GasState.WetActual, TimeSpan.FromSeconds(1)); // in the table
        var gas = new GasConditions(130m, -0.2m, 101.3m, 10m);
        // 10 ppm are 28.571 mg/m3 of wet gas; 10 % of it is water.
        Assert.Equal(31.746m, decimal.Round(GasFormulas.Dry(ppm.Value.Convert(10m), so2.State, so2.IsShare, gas)!.Value, 3));
    }

    [Fact]
    public void Dry_standard_gas_stays_as_it_is() =>
        Assert.Equal(12.3m, GasFormulas.Dry(12.3m, GasState.DryStandard, false, default));

    [Fact]
    public void Without_a_temperature_there_is_no_standard_state() =>
        Assert.Null(GasFormulas.Dry(12.3m, GasState.DryActual, false, new GasConditions(null, 0m, 101m, 0m)));

    private static JsonElement Minute(string outlet, params (string, float)[] values)
    {
        var site = new OutletSite(outlet);
        site.Run(OutletSite.At("10:00:00"), 60, values);
        site.See(OutletSite.At("10:01:20"));
        return OutletSite.Row(site.Only("1m"), "outlet.so2");
    }
}
