using EdgeGateway.Acquisition;
using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Tests.Config;

public sealed class StatusWordTests
{
    [Theory]
    [InlineData("1=N 2=D else=F", 1, "N")]
    [InlineData("1=N 2=D else=F", 2, "D")]
    [InlineData("1=N 2=D else=F", 3, "F")]
    [InlineData("0x80=N 60=c", 0x80, "N")]
    [InlineData("0x80=N 60=c", 0x3C, "C")]
    [InlineData("-1=purge 0=Warm-Up", 0, "warm-up")]
    [InlineData("-1=purge 0=Warm-Up", -1, "purge")]
    [InlineData("bit0=D bit2=C bit1=N", 0b111, "D")]
    [InlineData("bit0=D bit2=C bit1=N", 0b110, "C")]
    [InlineData("bit0=D|bit2=C|bit1=N", 0b010, "N")]
    [InlineData("bit63=B else=N", long.MinValue, "B")]
    [InlineData("5=M bit0=D", 5, "M")]
    [InlineData("5=M bit0=D", 7, "D")]
    public void The_first_rule_that_fits_decides(string rules, long word, string state) =>
        Assert.Equal(new Reading(SampleValue.OfText(state), Quality.Good), Map(rules).Of(SampleValue.OfExact(word)));

    [Fact]
    public void A_code_without_a_rule_has_no_state() =>
        Assert.Equal(new Reading(default, Quality.NotANumber), Map("1=N bit4=D").Of(SampleValue.OfExact(2)));

    [Theory]
    [InlineData("RUN=N STOP=F", "STOP", "F")]
    [InlineData("0080=N else=D", "0080", "N")]
    [InlineData("0080=N else=D", "80", "D")]
    [InlineData("bit0=D else=N", "1", "N")]
    public void Texts_are_codes_too(string rules, string text, string state) =>
        Assert.Equal(state, Map(rules).Of(SampleValue.OfText(text)).Value.AsText);

    [Fact]
    public void A_whole_float_is_a_code() => Assert.Equal("C", Map("3=C").Of(SampleValue.OfBinary32(3f)).Value.AsText);

    [Theory]
    [InlineData(float.NaN), InlineData(float.PositiveInfinity), InlineData(float.NegativeInfinity)]
    public void A_float_that_is_no_number_is_no_code_and_not_everything_else_either(float word)
    {
        Assert.Equal(new Reading(default, Quality.NotANumber), Map("3=C else=N").Of(SampleValue.OfBinary32(word)));
        Assert.Equal(new Reading(default, Quality.NotANumber), Map("3=C else=N").Of(SampleValue.OfBinary64(word)));
    }

    [Theory]
    [InlineData("1=N 1=D"), InlineData("bit3=N bit3=D"), InlineData("0x10=N 16=D"), InlineData("else=N ELSE=D"), InlineData("RUN=N RUN=F")]
    [InlineData("else=N 2=D"), InlineData("1=N ELSE=F bit4=D"), InlineData("else=N STOP=F")]
    [InlineData("1"), InlineData("=N"), InlineData("1=Q"), InlineData("bit64=D")]
    public void Rules_that_contradict_or_say_nothing_are_refused(string rules)
    {
        var faults = new List<SettingFault>();

        Assert.Null(StateMap.Read(new SettingRow(new Dictionary<string, string> { ["states"] = rules }, faults.Add), "states"));
        Assert.Equal("states", Assert.Single(faults).Key);
    }

    [Fact]
    public void A_status_word_makes_a_text_signal_beside_it_and_values_are_bound_to_it()
    {
        using var site = new SiteOnDisk();
        site.Write("maps/m.csv", "signal,group,area,address,type,order,scale,states,status,evidence\n"
            + "so2,fast,holding,0,float32,CDAB,0.5,,word other.run,raw\n"
            + "word,fast,holding,2,uint16,,10,bit0=D else=N,,\n");
        site.Write("lines/b.yaml", "line: b\nconnect: tcp://127.0.0.1:503\nprotocol: modbus-tcp\ndevices:\n  - device: other\n    map: o.csv\n    groups:\n      slow: 1m\n");
        site.Write("maps/o.csv", "signal,group,area,address,type,states\nrun,slow,coil,7,,1=N 0=F\n");

        var plant = site.Plant();
        var group = plant.Groups.Single(group => group.Id == "d/fast");
        var signals = group.Signals.ToDictionary(signal => signal.Id.Text);

        Assert.Equal(["d.so2", "d.so2-raw", "d.word", "d.word-state"], signals.Keys.Order());
        Assert.Equal([new SignalId("d.word-state"), new SignalId("other.run-state")], signals["d.so2"].Status);
        var readings = new Reading[2];
        Normaliser.Normalise(group, IndexOf("d.word"), [Word(3), Word(3)], readings);
        Assert.Equal([new Reading(SampleValue.OfExact(30), Quality.Good), new Reading(SampleValue.OfText("D"), Quality.Good)], readings);

        int IndexOf(string id) => group.Signals.Select(signal => signal.Id.Text).ToList().IndexOf(id);
        static Sample Word(long word) => new(SampleValue.OfExact(word), Quality.Good);
    }

    [Fact]
    public void A_place_with_its_evidence_is_never_cut_into_two_groups()
    {
        using var site = new SiteOnDisk();
        var rows = Enumerable.Range(0, 400).Select(i => $"s{i},fast,holding,{i * 4},uint64,raw\n" + $"b{i},fast,holding,{i * 4 + 3},uint8-low,\n");
        site.Write("maps/m.csv", "signal,group,area,address,type,evidence\n" + string.Concat(rows));
        site.Write("lines/a.yaml", System.Text.Encoding.UTF8.GetString(site.Read("lines/a.yaml")).Replace("fast: 1s", "fast: 1m", StringComparison.Ordinal));

        var groups = site.Plant().Groups.ToList();

        Assert.True(groups.Count > 4);
        Assert.All(groups, group => Assert.True(group.Signals.Length <= PollGroup.MaxPoints && group.Signals.Length % 3 == 0, $"{group.Id} has {group.Signals.Length} signals"));
    }

    private static StateMap Map(string rules)
    {
        var faults = new List<SettingFault>();
        var map = StateMap.Read(new SettingRow(new Dictionary<string, string> { ["states"] = rules }, faults.Add), "states");
        Assert.Empty(faults);
        return map!;
    }
}
