using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Precheck;
using EdgeGateway.Tests.Config;

namespace EdgeGateway.Tests.Precheck;

/// <summary>A site with one outlet, whose readings a test gives second by second, and the aggregates that come of them as they would be sealed.</summary>
internal sealed class OutletSite
{
    public const string Usual = """
            reference-o2: 16 %
            gas-state: dry-standard
            flow-state: dry-standard
            roles:
              outlet.so2: d.so2
              outlet.o2: d.o2
              outlet.flow: d.flow
        """;

    private static readonly string[] Names = ["so2", "o2", "flow", "temperature", "pressure", "humidity", "power", "state"];

    private readonly AggregateBody _body = new(60_000);

    public OutletSite(string outlet = Usual, string period = "1s")
    {
        using var site = new SiteOnDisk();
        site.Write("lines/a.yaml", Encoding.UTF8.GetString(site.Read("lines/a.yaml")).Replace("fast: 1s", $"fast: {period}", StringComparison.Ordinal));
        site.Write("maps/m.csv", """
            signal,group,area,address,type,unit,factor,min,max,states,status
            so2,fast,holding,0,float32,mg/m3,a21026,0,100,,state
            o2,fast,holding,2,float32,%,a19001,,,,
            flow,fast,holding,4,float32,m3/h,a00000,,,,
            temperature,fast,holding,6,float32,°C,a01012,,,,
            pressure,fast,holding,8,float32,kPa,a01013,,,,
            humidity,fast,holding,10,float32,%,a01014,,,,
            power,fast,holding,12,float32,W,,,,,
            state,fast,holding,14,uint16,,,,,0=N 1=C else=D,

            """);
        site.Write("plant.yaml", $$"""
            industry: steel
            stacks: [{ stack: s }]
            production: [{ unit: p, process: sintering, roles: { prod.power: d.power } }]
            outlets:
              - outlet: A
                stack: s
                production: p
            {{outlet}}

            """);
        Plant = site.Plant();
        Book = new AggregateBook(Plant);
        Group = Plant.Groups.Single();
    }

    public Plant Plant { get; }

    public AggregateBook Book { get; }

    public SignalGroup Group { get; }

    /// <summary>What was sealed so far: the payloads' bodies.</summary>
    public List<JsonElement> Sealed { get; } = [];

    /// <summary>A time of 1 March 2026 in UTC+8, or of another day.</summary>
    public static long At(string time, string day = "2026-03-01") =>
        new DateTimeOffset(DateTime.ParseExact($"{day} {time}", "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    /// <summary>Good readings of the signals of <paramref name="values"/>; the others are good and 0.</summary>
    public void See(long at, params (string Signal, float Value)[] values) => See(at, Quality.Good, values);

    public void See(long at, Quality quality, params (string Signal, float Value)[] values)
    {
        var block = Block(at, quality, values);
        Book.See(block, at);
        Book.Advance();
        Take();
    }

    /// <summary>The same answer once a second, from the instant on.</summary>
    public void Run(long from, int seconds, params (string Signal, float Value)[] values)
    {
        for (var i = 0; i < seconds; i++) See(from + i * 1000L, values);
    }

    public ReadingBlock Block(long at, Quality quality, params (string Signal, float Value)[] values)
    {
        var block = new ReadingBlock();
        block.Reset(Group, 0, Group.Signals.Length, 0);
        block.UtcMs = at;
        var hasValue = quality is Quality.Good or Quality.OutOfRange;
        for (var i = 0; i < Group.Signals.Length; i++)
        {
            var name = Group.Signals[i].Id.Text[2..];
            var value = values.FirstOrDefault(entry => entry.Signal == name).Value;
            block.Readings[i] = !hasValue ? new Reading(default, quality)
                : Group.Signals[i].States is { } states ? states.Of(SampleValue.OfExact((long)values.FirstOrDefault(entry => entry.Signal == "state").Value))
                : name == "state" ? new Reading(SampleValue.OfExact((long)value), Quality.Good)
                : new Reading(SampleValue.OfBinary32(value), Array.IndexOf(Names, name) == 0 ? quality : Quality.Good);
        }
        return block;
    }

    /// <summary>The only payload of a period.</summary>
    public JsonElement Only(string over) => Assert.Single(Sealed, body => body.GetProperty("over").GetString() == over);

    public IEnumerable<JsonElement> All(string over) => Sealed.Where(body => body.GetProperty("over").GetString() == over);

    /// <summary>A row of a payload.</summary>
    public static JsonElement Row(JsonElement body, string role) =>
        body.GetProperty("units").EnumerateArray().SelectMany(unit => unit.GetProperty("rows").EnumerateArray()).Single(row => row[0].GetString() == role);

    /// <summary>A member of a row's last column; null where there is none.</summary>
    public static string? More(JsonElement row, string name) =>
        row.GetArrayLength() > 11 && row[11].TryGetProperty(name, out var value) ? value.GetRawText() : null;

    /// <summary>Flag, due, seen, valid.</summary>
    public static (string? Flag, int Due, int Seen, int Valid) Counts(JsonElement row) => (row[4].GetString(), row[5].GetInt32(), row[6].GetInt32(), row[7].GetInt32());

    private void Take()
    {
        foreach (var closed in Book.TakeClosed())
            foreach (var body in _body.Write(closed))
            {
                using var document = JsonDocument.Parse("{" + Encoding.UTF8.GetString(body)[1..] + "}");
                Sealed.Add(document.RootElement.Clone());
            }
    }
}
