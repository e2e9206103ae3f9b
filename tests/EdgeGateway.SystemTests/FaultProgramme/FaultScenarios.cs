using System.Reflection;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>Every scenario of the programme: whatever implements <see cref="IFaultScenario"/> here and can be made without arguments, or is listed by a family.</summary>
internal static class FaultScenarios
{
    public static IReadOnlyList<IFaultScenario> All { get; } = [.. Find().OrderBy(scenario => scenario.Name, StringComparer.Ordinal)];

    public static IFaultScenario Named(string name) => All.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new ArgumentException($"no scenario \"{name}\"; there are {string.Join(", ", All.Select(scenario => scenario.Name))}", nameof(name));

    private static IEnumerable<IFaultScenario> Find() => typeof(FaultScenarios).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: false, IsClass: true } && type.IsAssignableTo(typeof(IFaultScenario)))
        .Where(type => type.GetConstructor(BindingFlags.Public | BindingFlags.Instance, []) is not null)
        .Select(type => (IFaultScenario)Activator.CreateInstance(type)!); // a class, so never null
}
