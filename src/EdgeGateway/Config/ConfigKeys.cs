using System.Collections.Immutable;

namespace EdgeGateway.Config;

/// <summary>
/// Every key of a site folder that does not belong to a protocol. The schemas in <c>config/schema</c> name the same (a test compares).
/// </summary>
internal static class ConfigKeys
{
    public static ImmutableArray<string> Site { get; } = ["site", "gateway", "title", "broker", "recording", "outbox", "signing", "mirror"];

    public static ImmutableArray<string> Broker { get; } =
    [
        "urls", "mqtt", "compression", "root", "ca", "client-certificate", "client-key", "username", "password-file", "command-key", "keep-alive", "ack-timeout", "window",
        "overlap", "backlog-per-second", "head-every",
    ];

    public static ImmutableArray<string> Recording { get; } = ["linger", "max-readings"];

    public static ImmutableArray<string> Outbox { get; } = ["retention", "max-size"];

    public static ImmutableArray<string> Signing { get; } = ["profile", "key", "pkcs11-library", "token", "pin-file", "cng-provider", "sm2-user-id", "when-expired"];

    public static ImmutableArray<string> Mirror { get; } = ["url", "topic", "retain", "ca", "username", "password-file"];

    public static ImmutableArray<string> Line { get; } = ["line", "connect", "protocol", "devices"];

    public static ImmutableArray<string> Device { get; } = ["device", "protocol", "map", "groups", "baud", "format"];

    public static ImmutableArray<string> Map { get; } = ["points"];

    public static ImmutableArray<string> Point { get; } =
        ["signal", "group", "scale", "offset", "span", "unit", "factor", "role", "name_zh", "name_en", "min", "max", "evidence", "states", "status"];

    public static ImmutableArray<string> PlantModel { get; } = ["industry", "production", "treatment", "outlets", "stacks", "cameras"];

    public static ImmutableArray<string> PlantProduction { get; } = ["unit", "title", "process", "roles", "rated"];

    public static ImmutableArray<string> PlantTreatment { get; } = ["unit", "title", "process", "serves", "roles", "rated"];

    public static ImmutableArray<string> PlantOutlet { get; } =
    [
        "outlet", "title", "stack", "production", "treatment", "twin-of", "reference-o2", "max-o2", "reference-method", "gas-state", "flow-state", "atmospheric-pressure", "roles",
        "rated", "limits",
    ];

    public static ImmutableArray<string> PlantBinding { get; } = ["signal", "state"];

    public static ImmutableArray<string> PlantLimit { get; } = ["limit", "version", "of", "basis", "over", "value", "from", "until", "daily", "law"];

    public static ImmutableArray<string> PlantStack { get; } = ["stack", "title"];

    public static ImmutableArray<string> PlantCamera { get; } = ["camera", "title", "watches"];
}
