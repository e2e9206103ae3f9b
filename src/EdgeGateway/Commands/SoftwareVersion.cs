using System.Reflection;

namespace EdgeGateway.Commands;

/// <summary>The version that births, logs and sealed payloads carry.</summary>
internal static class SoftwareVersion
{
    public static string Text { get; } =
        typeof(SoftwareVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
