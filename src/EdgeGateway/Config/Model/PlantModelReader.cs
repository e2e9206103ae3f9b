using System.Collections.Immutable;
using System.Globalization;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config.Model;

/// <summary>Reads <c>plant.yaml</c>, which a site may have or not: whole, or not at all.</summary>
internal sealed class PlantModelReader(SiteFolder folder, SignalBook signals, FaultList faults)
{
    public const string FileName = "plant.yaml";

    private const string MisspeltName = "plant.yml";
    private const int LongestTitle = 100;
    private const decimal AmbientO2 = 20.9m;
    private const decimal UsualMaxO2 = 20m;

    private static readonly Dictionary<string, ReferenceMethod> Methods = new() { ["mean-of-converted"] = ReferenceMethod.MeanOfConverted, ["converted-mean"] = ReferenceMethod.ConvertedMean };

    private readonly BindingReader _bindings = new(signals, faults);
    private readonly LimitReader _limits = new(faults);
    private readonly Dictionary<string, int> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Branches of industry.</summary>
    public static ImmutableArray<string> Industries { get; } = ["steel", "coking", "cement", "power", "waste", "glass", "other"];

    /// <summary>What production units do.</summary>
    public static ImmutableArray<string> ProductionProcesses { get; } =
    [
        "sintering", "pelletizing", "blast-furnace", "hot-stove", "converter", "electric-furnace", "reheating", "lime-kiln", "coking", "cement-kiln", "cement-mill", "boiler",
        "gas-turbine", "waste-incineration", "glass-furnace", "other",
    ];

    /// <summary>What treatment units do.</summary>
    public static ImmutableArray<string> TreatmentProcesses { get; } =
        ["wet-fgd", "semi-dry-fgd", "dry-fgd", "scr", "sncr", "activated-carbon", "esp", "wet-esp", "bag-filter", "fan", "other"];

    /// <summary>The model; null if the site has none, or if there was a fault.</summary>
    public PlantModel? Read()
    {
        if (folder.Has(MisspeltName)) faults.Add(MisspeltName, 0, "a file that would not be read", $"the file {FileName}", $"rename it to {FileName}");
        if (!folder.Has(FileName)) return null;
        var before = faults.Count;
        if (folder.ReadText(FileName) is not { } text || YamlText.Read(FileName, text, faults) is not { } root) return null;
        if (Section.Of(FileName, 1, root, FileName, faults) is not { } plant) return null;
        plant.Allow(ConfigKeys.PlantModel);
        var row = plant.Row(["industry"]);
        Section.Required(row, "industry", $"one of {string.Join(", ", Industries)}");
        var stacks = plant.Sections("stacks", "stack", faults).Select(ReadStack).OfType<Stack>().ToImmutableArray();
        var production = plant.Sections("production", "production unit", faults).Select(section => ReadUnit(section, UnitKind.Production)).OfType<PlantUnit>().ToImmutableArray();
        var treatment = plant.Sections("treatment", "treatment unit", faults).Select(section => ReadUnit(section, UnitKind.Treatment)).OfType<PlantUnit>().ToImmutableArray();
        var outlets = plant.Sections("outlets", "outlet", faults).Select(ReadOutlet).OfType<Outlet>().ToImmutableArray();
        var cameras = plant.Sections("cameras", "camera", faults).Select(ReadCamera).OfType<Camera>().ToImmutableArray();
        CheckReferences(plant);
        var model = new PlantModel
        {
            Industry = OneOf(row, "industry", Industries),
            Production = production,
            Treatment = treatment,
            Outlets = outlets,
            Stacks = stacks,
            Cameras = cameras,
        };
        return faults.Count == before ? model : null;
    }

    private Stack? ReadStack(Section section)
    {
        section.Allow(ConfigKeys.PlantStack);
        var row = section.Row(ConfigKeys.PlantStack);
        return ReadName(row, section, "stack") is { } name ? new Stack(name, ReadTitle(row, name)) : null;
    }

    private Camera? ReadCamera(Section section)
    {
        section.Allow(ConfigKeys.PlantCamera);
        var row = section.Row(["camera", "title"]);
        var watches = section.Texts("watches", faults);
        if (watches.Count == 0) section.RefuseMissing("watches", "the units it looks at", "add watches");
        return ReadName(row, section, "camera") is { } name ? new Camera(name, ReadTitle(row, name), [.. watches.Select(watched => watched.Text)]) : null;
    }

    private PlantUnit? ReadUnit(Section section, UnitKind kind)
    {
        section.Allow(kind == UnitKind.Treatment ? ConfigKeys.PlantTreatment : ConfigKeys.PlantProduction);
        var row = section.Row(["unit", "title", "process"]);
        var name = ReadName(row, section, "unit");
        var processes = kind == UnitKind.Treatment ? TreatmentProcesses : ProductionProcesses;
        Section.Required(row, "process", $"one of {string.Join(", ", processes)}");
        var process = OneOf(row, "process", processes);
        var bindings = _bindings.Read(section, kind, GasState.None, GasState.None);
        var rated = _bindings.ReadRated(section, kind);
        var serves = section.Texts("serves", faults);
        if (kind == UnitKind.Treatment && serves.Count == 0) section.RefuseMissing("serves", "the production units whose gas it cleans", "add serves");
        return name is null ? null : new PlantUnit { Kind = kind, Name = name, Title = ReadTitle(row, name), Process = process, Bindings = bindings, Rated = rated, Serves = [.. serves.Select(served => served.Text)] };
    }

    private Outlet? ReadOutlet(Section section)
    {
        section.Allow(ConfigKeys.PlantOutlet);
        var row = section.Row(["outlet", "title", "stack", "twin-of", "reference-o2", "max-o2", "reference-method", "gas-state", "flow-state", "atmospheric-pressure"]);
        var name = ReadName(row, section, "outlet");
        var stack = Section.RequiredName(row, "stack");
        var production = section.Texts("production", faults);
        if (production.Count == 0) section.RefuseMissing("production", "the production units whose gas leaves here", "add production");
        var bindings = _bindings.Read(section, UnitKind.Outlet, BindingReader.StateOf(row, "gas-state"), BindingReader.StateOf(row, "flow-state"));
        var reference = ReadO2(row, "reference-o2");
        var maxO2 = ReadO2(row, "max-o2") ?? UsualMaxO2;
        if (reference >= maxO2) row.Refuse("reference-o2", row.Text("reference-o2") ?? "", string.Create(CultureInfo.InvariantCulture, $"less than max-o2 ({maxO2} %)"), "correct reference-o2 or max-o2");
        var pressure = ReadPressure(row);
        CheckConversions(section, bindings, reference, pressure);
        var limits = _limits.Read(section, bindings);
        var rated = _bindings.ReadRated(section, UnitKind.Outlet);
        if (name is null || stack is null) return null;
        return new Outlet
        {
            Unit = new PlantUnit { Kind = UnitKind.Outlet, Name = name, Title = ReadTitle(row, name), Bindings = bindings, Rated = rated },
            Stack = stack,
            Production = [.. production.Select(unit => unit.Text)],
            Treatment = [.. section.Texts("treatment", faults).Select(unit => unit.Text)],
            TwinOf = row.Text("twin-of"),
            ReferenceO2 = reference,
            MaxO2 = maxO2,
            ReferenceMethod = row.OneOf("reference-method", ReferenceMethod.MeanOfConverted, Methods),
            AtmosphericPressure = pressure,
            Limits = new LimitBook(limits),
        };
    }

    /// <summary>What is not dry gas at standard state needs what turns it into that.</summary>
    private void CheckConversions(Section outlet, ImmutableArray<RoleBinding> bindings, decimal? reference, decimal? pressure)
    {
        var roles = outlet.Child("roles");
        bool Has(string role) => roles?.Mentions(role) == true;
        void Need(RoleBinding binding, string role)
        {
            if (!Has(role))
                faults.Add(outlet.File, roles?.LineOf(binding.Role.Name) ?? outlet.Line, $"{binding.Role.Name} at {NameOf(binding.State)} without {role}", $"{role}, which turns it into dry gas at standard state", $"bind {role}");
        }
        foreach (var binding in bindings.Where(binding => binding.Role.Reference != RoleReference.None).DistinctBy(binding => binding.Role))
        {
            if (binding.State is GasState.WetStandard or GasState.WetActual) Need(binding, "outlet.humidity");
            // A share of the gas, as oxygen is, does not change with pressure and temperature.
            if (binding.State is not (GasState.DryActual or GasState.WetActual) || binding.IsShare) continue;
            Need(binding, "outlet.temperature");
            Need(binding, "outlet.pressure");
            if (!Has("outlet.atmosphericPressure") && pressure is null && !outlet.Mentions("atmospheric-pressure"))
                faults.Add(outlet.File, roles?.LineOf(binding.Role.Name) ?? outlet.Line, $"{binding.Role.Name} at {NameOf(binding.State)} without the pressure of the atmosphere",
                    "atmospheric-pressure at the outlet, or a signal as outlet.atmosphericPressure", "add atmospheric-pressure: 101.3 kPa with the value of the place");
        }
        if (reference is not null && !Has("outlet.o2"))
            faults.Add(outlet.File, outlet.LineOf("reference-o2"), "reference-o2 without outlet.o2", "a signal as outlet.o2, from which is converted", "bind outlet.o2, or remove reference-o2");
    }

    private static string NameOf(GasState state) => state switch
    {
        GasState.WetStandard => "wet-standard",
        GasState.WetActual => "wet-actual",
        GasState.DryActual => "dry-actual",
        _ => "dry-standard",
    };

    private string? ReadName(SettingRow row, Section section, string key)
    {
        if (Section.RequiredName(row, key) is not { } name) return null;
        if (_names.TryAdd(name, section.LineOf(key))) return name;
        faults.Add(section.File, section.LineOf(key), $"name {ConfigFault.Quote(name)} a second time", $"it once (it stands on line {_names[name]}; capitals do not count)", "rename one of the two: units, outlets, stacks and cameras share their names");
        return null;
    }

    private static string ReadTitle(SettingRow row, string name)
    {
        var title = row.Text("title") ?? name;
        if (title.Length <= LongestTitle && !title.Any(char.IsControl)) return title;
        row.Refuse("title", title, $"one line of at most {LongestTitle} characters", "shorten title");
        return name;
    }

    private static decimal? ReadO2(SettingRow row, string key)
    {
        if (row.Text(key) is not { } text) return null;
        if (Quantity.Parse(text) is { Number: > 0 and < AmbientO2, Unit: "%" or "" } oxygen) return oxygen.Number;
        row.Refuse(key, text, "an oxygen content above 0 and below 20.9, in %", $"correct {key}");
        return null;
    }

    private static decimal? ReadPressure(SettingRow row)
    {
        if (row.Text("atmospheric-pressure") is not { } text) return null;
        if (Quantity.Parse(text) is { } pressure && UnitTable.Find("pressure", pressure.Unit, null) is { } fraction && fraction.Convert(pressure.Number) is >= 50m and <= 110m and var value) return value;
        row.Refuse("atmospheric-pressure", text, "a pressure from 50 kPa to 110 kPa with its unit, such as 101.3 kPa", "correct atmospheric-pressure");
        return null;
    }

    private static string OneOf(SettingRow row, string key, ImmutableArray<string> choices) => row.OneOf(key, choices[^1], choices.ToDictionary(choice => choice));

    /// <summary>Every unit and stack that is named is there.</summary>
    private void CheckReferences(Section plant)
    {
        var names = new Dictionary<string, IReadOnlyList<string>>
        {
            ["stack"] = NamesIn(plant, "stacks", "stack"),
            ["production"] = NamesIn(plant, "production", "unit"),
            ["treatment"] = NamesIn(plant, "treatment", "unit"),
            ["outlet"] = NamesIn(plant, "outlets", "outlet"),
        };
        foreach (var unit in Quietly(plant, "treatment")) Check(unit, "serves", names["production"], "a production unit");
        foreach (var outlet in Quietly(plant, "outlets"))
        {
            Check(outlet, "stack", names["stack"], "a stack");
            Check(outlet, "production", names["production"], "a production unit");
            Check(outlet, "treatment", names["treatment"], "a treatment unit");
            Check(outlet, "twin-of", [.. names["outlet"].Where(name => name != outlet.Find("outlet")?.Value.Text)], "another outlet");
        }
        foreach (var camera in Quietly(plant, "cameras")) Check(camera, "watches", [.. names.Where(kind => kind.Key != "stack").SelectMany(kind => kind.Value)], "a unit or an outlet");
    }

    private void Check(Section section, string key, IReadOnlyList<string> known, string what)
    {
        foreach (var (name, line) in section.Texts(key, new FaultList())) // its form has been judged
        {
            if (known.Contains(name) || (key is "stack" && !SignalId.IsValidPart(name))) continue;
            faults.Add(section.File, line, $"{key} {ConfigFault.Quote(name)}", known.Count == 0 ? $"{what}, of which there are none" : $"{what}: {string.Join(", ", known)}",
                !faults.IsFull && NearestName.Of(name, known) is { } nearest ? $"write {nearest}" : $"describe it, or correct {key}");
        }
    }

    private static List<string> NamesIn(Section plant, string list, string key) => [.. Quietly(plant, list).Select(section => section.Find(key)?.Value.Text).OfType<string>()];

    // What is wrong with the lists themselves has been reported when they were read.
    private static IReadOnlyList<Section> Quietly(Section plant, string list) => plant.Sections(list, list, new FaultList());
}
