using System.Text.RegularExpressions;

namespace EdgeGateway.Tests;

/// <summary>The house of docs/architecture.md, read from the code's own words: who may know whom.</summary>
public sealed partial class LayeringTests
{
    /// <summary>Room to the rooms it may name. A room may always name itself and the rooms above it in its own path.</summary>
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["EdgeGateway.Drivers"] = ["EdgeGateway.Drivers.Modbus", "EdgeGateway.Drivers.Dlt645", "EdgeGateway.Drivers.OpcUa"], // DriverCatalog lists the protocols
        ["EdgeGateway.Drivers.Links"] = ["EdgeGateway.Drivers"],
        ["EdgeGateway.Drivers.Framing"] = ["EdgeGateway.Drivers"],
        ["EdgeGateway.Drivers.Modbus"] = ["EdgeGateway.Drivers", "EdgeGateway.Drivers.Links", "EdgeGateway.Drivers.Framing"],
        ["EdgeGateway.Drivers.Dlt645"] = ["EdgeGateway.Drivers", "EdgeGateway.Drivers.Links", "EdgeGateway.Drivers.Framing"],
        ["EdgeGateway.Drivers.OpcUa"] = ["EdgeGateway.Drivers", "EdgeGateway.Drivers.Links"],
        ["EdgeGateway.PlantSimulator"] = [],
        ["EdgeGateway"] = ["EdgeGateway.Config", "EdgeGateway.Drivers"],
        ["EdgeGateway.Config"] = ["EdgeGateway.Drivers"],
        ["EdgeGateway.Diagnostics"] = [],
        ["EdgeGateway.Evidence"] = [],
        ["EdgeGateway.Acquisition"] = ["EdgeGateway", "EdgeGateway.Config", "EdgeGateway.Diagnostics", "EdgeGateway.Drivers", "EdgeGateway.Drivers.Links"],
        ["EdgeGateway.Recording"] = ["EdgeGateway", "EdgeGateway.Config", "EdgeGateway.Diagnostics", "EdgeGateway.Drivers", "EdgeGateway.Evidence", "EdgeGateway.Outbox", "EdgeGateway.Precheck"],
        ["EdgeGateway.Precheck"] = ["EdgeGateway", "EdgeGateway.Config", "EdgeGateway.Drivers", "EdgeGateway.Evidence"],
        ["EdgeGateway.Outbox"] = ["EdgeGateway.Config", "EdgeGateway.Evidence"],
        ["EdgeGateway.Uplink"] = ["EdgeGateway", "EdgeGateway.Config", "EdgeGateway.Diagnostics", "EdgeGateway.Evidence", "EdgeGateway.Outbox"],
        ["EdgeGateway.Receiving"] = ["EdgeGateway.Config", "EdgeGateway.Evidence", "EdgeGateway.Uplink"],
    };

    public static TheoryData<string> Rooms => [.. MayKnow.Keys];

    [Theory, MemberData(nameof(Rooms))]
    public void A_room_names_only_rooms_it_may_know(string room)
    {
        var files = FilesOf(room).ToList();
        var wrong = files.SelectMany(file => NamedRooms(File.ReadAllText(file), room).Select(named => (file, named)))
            .Where(entry => entry.named != room && !MayKnow[room].Contains(entry.named))
            .Select(entry => $"{Path.GetFileName(entry.file)} names {entry.named}").Distinct();
        Assert.Equal([], wrong);
        Assert.True(files.Count > 0 || room.EndsWith("Framing", StringComparison.Ordinal), $"room {room} is empty: has it moved?");
    }

    [Fact]
    public void Every_room_of_the_gateway_is_in_the_plan()
    {
        var rooms = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src", "EdgeGateway"))
            .Select(path => Path.GetFileName(path)!).Where(name => name is not ("bin" or "obj" or "Commands"))
            .Select(name => $"EdgeGateway.{name}");
        Assert.Equal([], rooms.Except(MayKnow.Keys));
    }

    [Fact]
    public void Drivers_and_simulator_refer_to_nothing_but_the_platform()
    {
        foreach (var assembly in new[] { typeof(Drivers.IDriver).Assembly, typeof(PlantSimulator.SimulatedPlant).Assembly })
            Assert.All(assembly.GetReferencedAssemblies(), reference => Assert.StartsWith("System", reference.Name!, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_switches_certificate_validation_off()
    {
        var source = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);
        Assert.DoesNotContain(source, text => ValidationOff().IsMatch(text));
    }

    private static IEnumerable<string> FilesOf(string room)
    {
        var root = Path.Combine(Repository.Root, "src");
        var (folder, deep) = room switch
        {
            "EdgeGateway" => (Path.Combine(root, "EdgeGateway"), false),
            "EdgeGateway.Drivers" => (Path.Combine(root, "EdgeGateway.Drivers"), false),
            "EdgeGateway.PlantSimulator" => (Path.Combine(root, "EdgeGateway.PlantSimulator"), true),
            _ when room.StartsWith("EdgeGateway.Drivers.", StringComparison.Ordinal) => (Path.Combine(root, "EdgeGateway.Drivers", room[20..]), true),
            _ => (Path.Combine(root, "EdgeGateway", room["EdgeGateway.".Length..]), true),
        };
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateFiles(folder, "*.cs", deep ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && Path.GetFileName(file) != "Program.cs"); // the composition root knows everyone
    }

    /// <summary>Rooms named by a using line, by a full name, or by a name relative to EdgeGateway such as <c>Outbox.Eviction</c>.</summary>
    private static IEnumerable<string> NamedRooms(string source, string room)
    {
        var code = string.Join('\n', source.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));
        foreach (Match match in FullName().Matches(code))
        {
            var named = match.Groups[1].Value.TrimEnd('.');
            var known = MayKnow.Keys.Where(key => named == key || named.StartsWith(key + ".", StringComparison.Ordinal)).MaxBy(key => key.Length);
            if (known is not null && known != "EdgeGateway") yield return known;
        }
        if (!room.StartsWith("EdgeGateway", StringComparison.Ordinal) || room == "EdgeGateway.PlantSimulator") yield break;
        foreach (var other in MayKnow.Keys.Where(key => key.StartsWith("EdgeGateway.", StringComparison.Ordinal) && key.Count(c => c == '.') == 1))
            if (Regex.IsMatch(code, $@"(?<![.\w""]){other["EdgeGateway.".Length..]}\.[A-Z]\w+[.(<;]") && !IsMemberCalled(code, other["EdgeGateway.".Length..])) yield return other;
    }

    // A property may have a room's name (plant.Outbox): then the relative form proves nothing, and the using lines decide.
    private static bool IsMemberCalled(string code, string name) => Regex.IsMatch(code, $@"\b{name}\s*(\{{|=>|=[^=])");

    [GeneratedRegex(@"(?<![\w.])(EdgeGateway(?:\.[A-Z]\w+)*)")]
    private static partial Regex FullName();

    [GeneratedRegex(@"AllowUntrustedCertificates\(true|IgnoreCertificateChainErrors\(true|DangerousAcceptAny|ServerCertificateCustomValidationCallback\s*=|WithCertificateValidationHandler")]
    private static partial Regex ValidationOff();
}
