using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.PlantSimulator;

public sealed class WaveformsTests
{
    [Theory]
    [InlineData("mg/m3", "a21026", "outlet.so2", "so2", 12)]
    [InlineData("mg/m3", "a21026", "inlet.so2", "so2", 860)]
    [InlineData("mg/m3", "a21002", "", "nox", 28)]
    [InlineData("mg/m3", "a34013", "", "dust", 3.5)]
    [InlineData("%", "a19001", "", "o2", 16.5)]
    [InlineData("%", "", "outlet.o2", "x", 16.5)]
    [InlineData("%", "", "", "valve_so2", 55)]
    [InlineData("°C", "", "", "t1", 85)]
    [InlineData("kPa", "", "", "p1", -0.4)]
    [InlineData("m/s", "", "", "v1", 14)]
    [InlineData("A", "", "fan.current", "i", 42)]
    [InlineData("V", "", "", "u", 398)]
    [InlineData("kW", "", "", "p", 185)]
    [InlineData("", "", "", "slurry_ph", 5.8)]
    [InlineData("pH", "", "", "x", 5.8)]
    [InlineData("Nm³/h", "", "", "flow", 420)]
    [InlineData("", "", "supply.pf", "pf", 0.93)]
    [InlineData("Pa", "", "", "bag-dp", 1200)]
    [InlineData("%", "", "bypass.opening", "x", 0.6)]
    [InlineData("furlong", "zzz", "", "graph", 50)]
    public void A_signal_wanders_around_what_its_description_suggests(string unit, string factorCode, string role, string name, double mean)
    {
        var waveform = Waveforms.For(unit, factorCode, role, name);
        Assert.Equal((WaveformKind.Wander, mean), (waveform.Kind, waveform.Mean));
    }

    [Fact]
    public void Energy_counts_states_stand_bits_toggle_and_text_is_text()
    {
        Assert.Equal(WaveformKind.Counter, Waveforms.For("kWh", "", "", "energy").Kind);
        Assert.Equal(WaveformKind.Constant, Waveforms.For("", "", "analyzer.state", "x").Kind);
        Assert.Equal(WaveformKind.Toggle, Waveforms.For(PointType.Bool, "", "", "", "pump").Kind);
        Assert.Equal(WaveformKind.Text, Waveforms.For(PointType.String, "", "", "", "serial").Kind);
        Assert.Equal(12, Waveforms.For(PointType.Float32, "mg/m3", "a21026", "", "so2").Mean);
    }
}
