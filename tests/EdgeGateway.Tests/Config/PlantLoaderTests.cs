using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Tests.Config;

public sealed class PlantLoaderTests
{
    private const string Header = "signal,group,area,address,type";

    [Fact]
    public void The_sample_site_has_no_faults()
    {
        var load = PlantLoader.Load(SiteOnDisk.Sample);
        Assert.Empty(load.Faults);
        Assert.NotNull(load.Plant);
        Assert.Equal(["cems-1", "cems-2", "cems-3", "dcs-1", "meters-1", "meters-2"], load.Plant.Lines.Select(line => line.Name));
        Assert.Equal(106, load.Plant.Groups.Sum(group => group.Signals.Length));
        AssertSameOrder(load.Plant.Groups);
    }

    [Fact]
    public void What_a_map_says_of_a_signal_arrives()
    {
        var plant = PlantLoader.Load(SiteOnDisk.Sample).Plant!;
        var id = SignalId.Of("cems-1", "temperature");
        var temperature = plant.Groups.SelectMany(group => group.Signals).Single(signal => signal.Id == id);
        Assert.Equal(("°C", "a01012", "outlet.temperature"), (temperature.Unit, temperature.FactorCode, temperature.Role));
        Assert.Equal(("烟气温度", "flue gas temperature"), (temperature.NameZh, temperature.NameEn));
        Assert.Equal((-40.0, 400.0), (temperature.Min, temperature.Max));
        Assert.Equal(SampleValue.OfExact(1234, -1), temperature.Scaling.Apply(SampleValue.OfExact(1234), out _));
        Assert.Equal(TimeSpan.FromMilliseconds(500), plant.Lines[4].Devices[0].Settings.Timeout);
    }

    [Fact]
    public void Settings_that_are_not_written_have_their_documented_defaults()
    {
        using var site = new SiteOnDisk();
        var plant = site.Plant();
        Assert.Equal("s", plant.Title);
        Assert.Equal(new RecordingSettings(), plant.Recording);
        Assert.Equal(new OutboxSettings(), plant.Outbox);
        Assert.Equal(new BrokerSettings { Urls = plant.Broker.Urls }, plant.Broker);
        Assert.Equal(("127.0.0.1", 1883), (plant.Broker.Urls[0].Host, plant.Broker.Urls[0].Port));
        var signal = plant.Groups.Single().Signals[0];
        Assert.Equal((double.NegativeInfinity, double.PositiveInfinity), (signal.Min, signal.Max));
    }

    [Fact]
    public void Every_setting_that_is_written_arrives()
    {
        using var site = new SiteOnDisk();
        site.Write("ca.pem", "x");
        site.Write("keys/c.pem", "x");
        site.Write("keys/k.pem", "x");
        site.Write("password", "x");
        site.Write("site.yaml", """
            site: s
            gateway: g
            title: 007
            broker:
              urls: [ mqtts://a, "mqtts://b:1234/" ]
              root: city/east
              ca: ca.pem
              client-certificate: keys/c.pem
              client-key: keys/k.pem
              username: on
              password-file: password
              keep-alive: 5s
              ack-timeout: 1s
              window: 64
              overlap: 0s
              backlog-per-second: 1
              head-every: 10m
            recording: { linger: 100ms, max-readings: 1 }
            outbox: { retention: 1h, max-size: 1.5GiB }
            """);
        var plant = site.Plant();
        string At(string path) => Path.Combine(site.Path, path);
        Assert.Equal("007", plant.Title);
        Assert.Equal(["mqtts://a:8883/", "mqtts://b:1234/"], plant.Broker.Urls.Select(url => url.ToString()));
        Assert.Equal(
            new BrokerSettings
            {
                Urls = plant.Broker.Urls,
                Root = "city/east",
                CaFile = At("ca.pem"),
                ClientCertificateFile = At("keys/c.pem"),
                ClientKeyFile = At("keys/k.pem"),
                UserName = "on",
                PasswordFile = At("password"),
                KeepAlive = TimeSpan.FromSeconds(5),
                AckTimeout = TimeSpan.FromSeconds(1),
                Window = 64,
                Overlap = TimeSpan.Zero,
                BacklogPerSecond = 1,
                HeadEvery = TimeSpan.FromMinutes(10),
            },
            plant.Broker);
        Assert.Equal(new RecordingSettings { Linger = TimeSpan.FromMilliseconds(100), MaxReadings = 1 }, plant.Recording);
        Assert.Equal(new OutboxSettings { Retention = TimeSpan.FromHours(1), MaxBytes = 3L << 29 }, plant.Outbox);
    }

    [Fact]
    public void The_same_map_in_any_encoding_and_form_gives_the_same_signals()
    {
        var load = PlantLoader.Load(SiteOnDisk.Case("every-kind-of-map"));
        Assert.Empty(load.Faults);
        var groups = load.Plant!.Groups.ToList();
        Assert.Equal(5, groups.Count);
        Assert.All(groups, group =>
        {
            var (so2, o2) = (group.Signals[0], group.Signals[1]);
            Assert.Equal(("so2", "二氧化硫", "mg/m3", "outlet.so2"), (SignalPart(so2), so2.NameZh, so2.Unit, so2.Role));
            Assert.Equal(("o2", "氧含量, 干基", "%", null), (SignalPart(o2), o2.NameZh, o2.Unit, o2.Role));
            Assert.Equal(SampleValue.OfExact(5 * 10, -2), so2.Scaling.Apply(SampleValue.OfExact(5), out _));
        });
    }

    [Fact]
    public void A_GBK_map_is_really_not_UTF_8()
    {
        // Guards the case above: an editor that saves the file as UTF-8 would leave nothing tested.
        var maps = Path.Combine(SiteOnDisk.Case("every-kind-of-map"), "maps");
        Assert.False(System.Text.Unicode.Utf8.IsValid(File.ReadAllBytes(Path.Combine(maps, "names.gbk.csv"))));
        Assert.Equal(Encoding.UTF8.Preamble, File.ReadAllBytes(Path.Combine(maps, "bom.csv")).AsSpan(0, 3));
    }

    [Fact]
    public void UTF_8_with_a_damaged_character_is_not_taken_for_GBK()
    {
        using var site = new SiteOnDisk();
        var bytes = Encoding.UTF8.GetBytes($"{Header},name_zh\nx,fast,holding,0,uint16,二氧化硫\ny,fast,holding,1,uint16,氧含量\n");
        site.Write("maps/m.csv", bytes[..^3].Append((byte)'\n').ToArray());
        var fault = site.Load().Faults.Single();
        Assert.Equal(("maps/m.csv", 3, "bytes that are not text"), (fault.File, fault.Line, fault.Found));
    }

    [Fact]
    public void Lines_are_counted_the_same_with_CRLF()
    {
        using var site = new SiteOnDisk();
        site.Write("maps/m.csv", $"# comment\r\n\r\n{Header}\r\nx,fast,holding,0,uint16\r\ny,fast,holding,1,uint17\r\n");
        Assert.Equal(("maps/m.csv", 5), site.Load().Faults.Select(fault => (fault.File, fault.Line)).Single());
    }

    [Fact]
    public void A_group_larger_than_a_poll_is_cut_in_asking_order()
    {
        using var site = new SiteOnDisk();
        var addresses = Enumerable.Range(0, 501).Reverse();
        site.Write("maps/m.csv", Map(addresses, "uint16"));
        var groups = site.Plant().Groups.ToList();
        Assert.Equal([("d/fast", 250), ("d/fast.2", 250), ("d/fast.3", 1)], groups.Select(group => (group.Id, group.Signals.Length)));
        var names = groups.SelectMany(group => group.Signals).Select(signal => signal.Id.Text);
        Assert.Equal(Enumerable.Range(0, 501).Select(address => $"d.s{address}"), names);
        AssertSameOrder(groups);
    }

    [Fact]
    public void The_hash_is_over_names_and_bytes_in_ordinal_order()
    {
        using var site = new SiteOnDisk();
        site.Write("maps/unused.csv", "not read, not hashed");
        using var expected = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in new[] { "lines/a.yaml", "maps/m.csv", "site.yaml" })
        {
            var bytes = site.Read(path);
            var length = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, bytes.Length);
            expected.AppendData([.. Encoding.UTF8.GetBytes(path), 0, .. length, .. bytes]);
        }
        Assert.Equal(Base64Url.EncodeToString(expected.GetHashAndReset()), site.Plant().ConfigHash);
    }

    [Fact]
    public void One_changed_byte_changes_the_hash()
    {
        using var site = new SiteOnDisk();
        var before = site.Plant().ConfigHash;
        site.Write("maps/m.csv", [.. site.Read("maps/m.csv"), (byte)'\n']);
        Assert.NotEqual(before, site.Plant().ConfigHash);
    }

    [Fact]
    public void A_column_that_is_missing_is_one_fault_and_not_one_per_row()
    {
        using var site = new SiteOnDisk();
        site.Write("maps/m.csv", "signal,group,area,type\na,fast,holding,uint16\nb,fast,holding,uint16\n");
        Assert.StartsWith("maps/m.csv:1: found no column address, expected ", site.Load().Faults.Single().ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_a_fault()
    {
        Assert.Single(PlantLoader.Load(Path.Combine(AppContext.BaseDirectory, "no-such-site")).Faults);
        Assert.Single(PlantLoader.Load("").Faults);
        Assert.Single(PlantLoader.Load("a\0b").Faults);
    }

    [Fact]
    public void A_missing_site_file_does_not_hide_faults_of_the_lines()
    {
        using var site = new SiteOnDisk();
        site.Delete("site.yaml");
        site.Write("maps/m.csv", "signal,group,area,address,type\nx,fast,holding,0,uint17\n");
        Assert.Equal([("maps/m.csv", 2), ("site.yaml", 0)], site.Load().Faults.Select(fault => (fault.File, fault.Line)));
    }

    [Fact]
    public void A_folder_where_a_file_belongs_is_a_fault()
    {
        using var site = new SiteOnDisk();
        site.Delete("site.yaml");
        Directory.CreateDirectory(Path.Combine(site.Path, "site.yaml"));
        Assert.Equal("a file that cannot be read", site.Load().Faults.Single().Found);
    }

    [Fact]
    public void A_file_over_16_MiB_is_a_fault_that_says_so()
    {
        using var site = new SiteOnDisk();
        site.Write("maps/m.csv", new byte[SiteFolder.MaxFileBytes + 1]);
        Assert.Contains("at most 16 MiB per file", site.Load().Faults.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_has_at_most_20000_signals()
    {
        using var site = new SiteOnDisk();
        site.Write("maps/m.csv", Map(Enumerable.Range(0, 20_000), "uint16"));
        Assert.Equal(20_000, site.Plant().Groups.Sum(group => group.Signals.Length));
        site.Write("maps/m.csv", Map(Enumerable.Range(0, 20_001), "uint16"));
        Assert.Equal(("maps/m.csv", 20_002), site.Load().Faults.Select(fault => (fault.File, fault.Line)).Single());
    }

    [Fact]
    public void Faults_are_told_up_to_a_limit_and_the_rest_is_counted()
    {
        using var site = new SiteOnDisk();
        site.Write("maps/m.csv", Map(Enumerable.Range(0, 1500), "uint17"));
        var faults = site.Load().Faults;
        Assert.Equal(FaultList.Max + 1, faults.Count);
        Assert.Equal("500 more faults", faults[^1].Found);
    }

    [Fact]
    public void A_password_in_a_url_is_refused_and_not_repeated()
    {
        using var site = new SiteOnDisk();
        site.Write("site.yaml", "site: s\ngateway: g\nbroker:\n  urls:\n    - mqtt://user:secret@127.0.0.1\n");
        Assert.DoesNotContain("secret", site.Load().Faults.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plant_can_be_pointed_elsewhere_without_writing_files()
    {
        var plant = PlantLoader.Load(SiteOnDisk.Sample).Plant!;
        var elsewhere = plant with
        {
            Broker = plant.Broker with { Urls = [new Uri("mqtt://127.0.0.1:40000")] },
            Lines = [.. plant.Lines.Select(line => line with { Connect = new Uri($"tcp://127.0.0.1:{line.Connect.Port + 1000}") })],
        };
        Assert.Equal([16021, 16022, 16025, 16023, 16024, 16026], elsewhere.Lines.Select(line => line.Connect.Port));
        Assert.Equal(plant.ConfigHash, elsewhere.ConfigHash);
    }

    private static string Map(IEnumerable<int> addresses, string type) =>
        $"{Header}\n{string.Concat(addresses.Select(address => $"s{address},fast,holding,{address},{type}\n"))}";

    private static void AssertSameOrder(IEnumerable<SignalGroup> groups) =>
        Assert.All(groups, group => Assert.Equal(group.Poll.Points.Select(point => point.Signal), group.Signals.Select(SignalPart)));

    private static string SignalPart(Signal signal) => signal.Id.Text[(signal.Id.Text.IndexOf('.', StringComparison.Ordinal) + 1)..];
}
