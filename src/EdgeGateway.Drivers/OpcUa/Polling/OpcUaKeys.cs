using System.Collections.Immutable;
using System.Globalization;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>The keys of lines and devices and the columns of points, and what is refused in them.</summary>
internal static class OpcUaKeys
{
    private static readonly Dictionary<string, bool> YesNo = new() { ["yes"] = true, ["no"] = false, ["true"] = true, ["false"] = false };

    private static readonly Dictionary<string, bool> Modes = new() { ["subscribe"] = false, ["read"] = true };

    private static readonly Dictionary<string, SecurityPolicy?> Policies = new()
    {
        ["best"] = null,
        ["Aes256_Sha256_RsaPss"] = SecurityPolicy.Aes256Sha256RsaPss,
        ["Basic256Sha256"] = SecurityPolicy.Basic256Sha256,
        ["Aes128_Sha256_RsaOaep"] = SecurityPolicy.Aes128Sha256RsaOaep,
        ["None"] = SecurityPolicy.None,
    };

    private static readonly Dictionary<string, MessageSecurityMode?> SecurityModes = new()
    {
        ["sign-and-encrypt"] = MessageSecurityMode.SignAndEncrypt,
        ["sign"] = MessageSecurityMode.Sign,
    };

    public static IReadOnlyList<string> Line { get; } =
        ["security", "security-mode", "username", "password-file", "user-certificate", "user-key", "ignore-host", "allow-expired", "allow-old-revocation-list", "session-timeout"];

    public static IReadOnlyList<string> LineFiles { get; } = ["password-file", "user-certificate", "user-key"];

    public static IReadOnlyList<string> Device { get; } = ["mode", "timeout"];

    public static IReadOnlyList<string> Point { get; } = ["node", "index", "field", "sampling", "queue", "deadband"];

    public static OpcUaLine? ReadLine(SettingRow row)
    {
        var policy = row.OneOf("security", null, Policies);
        var mode = row.OneOf("security-mode", null, SecurityModes);
        if (policy is { IsNone: true } && row.Text("security-mode") is { } text) row.Refuse("security-mode", text, "nothing where security is None", "remove security-mode, or name a policy in security");
        Both(row, "username", "password-file");
        Both(row, "user-certificate", "user-key");
        if (row.Text("username") is { } name && row.Text("user-certificate") is not null) row.Refuse("username", name, "either username or user-certificate", "remove one of them");
        var line = new OpcUaLine
        {
            Endpoint = new EndpointChoice(policy, mode),
            UserName = row.Text("username"),
            PasswordFile = row.Text("password-file"),
            UserCertificateFile = row.Text("user-certificate"),
            UserKeyFile = row.Text("user-key"),
            IgnoreHost = row.OneOf("ignore-host", false, YesNo),
            AllowExpired = row.OneOf("allow-expired", false, YesNo),
            AllowOldRevocationList = row.OneOf("allow-old-revocation-list", false, YesNo),
            SessionTimeout = row.Duration("session-timeout", TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(10), TimeSpan.FromHours(1)),
        };
        return row.HasFaults ? null : line;
    }

    public static OpcUaDevice? ReadDevice(SettingRow row)
    {
        var device = new OpcUaDevice
        {
            IsRead = row.OneOf("mode", false, Modes),
            Timeout = row.Duration("timeout", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60)),
        };
        return row.HasFaults ? null : device;
    }

    public static OpcUaPoint? ReadPoint(string signal, SettingRow row)
    {
        var node = ReadNode(row);
        var index = ReadIndex(row);
        var point = new OpcUaPoint
        {
            Signal = signal,
            Node = node ?? NodeName.Of("", default),
            Index = index,
            Field = ReadField(row),
            Sampling = row.Text("sampling") is null ? null : row.Duration("sampling", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(1)),
            Queue = (uint)row.Whole("queue", 1, 1, 1000),
            Deadband = ReadDeadband(row),
        };
        return row.HasFaults ? null : point;
    }

    private static void Both(SettingRow row, string one, string other)
    {
        var (first, second) = (row.Text(one), row.Text(other));
        if (first is not null && second is null) row.Refuse(other, "nothing", $"it, because {one} is there", $"add {other}");
        if (second is not null && first is null) row.Refuse(one, "nothing", $"it, because {other} is there", $"add {one}");
    }

    private static NodeName? ReadNode(SettingRow row)
    {
        const string Expected = $"a node: {NodeName.Form}";
        var text = row.Text("node");
        if (text is null) row.Refuse("node", "nothing", Expected, "fill in node");
        else if (NodeName.Parse(text) is { } node) return node;
        else row.Refuse("node", text, Expected, "correct node; the servers' own tools and browsers show node ids in this form");
        return null;
    }

    private static ImmutableArray<int> ReadIndex(SettingRow row)
    {
        if (row.Text("index") is not { } text) return [];
        var indices = ImmutableArray.CreateBuilder<int>();
        foreach (var part in text.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || indices.Count == 8)
            {
                row.Refuse("index", text, "the place of one element, counted from 0: 3, or 1 2 for a matrix", "correct index");
                return [];
            }
            indices.Add(index);
        }
        return indices.ToImmutable();
    }

    private static ImmutableArray<FieldStep> ReadField(SettingRow row)
    {
        if (row.Text("field") is not { } text) return [];
        if (FieldStep.Parse(text) is { } field) return field;
        row.Refuse("field", text, FieldStep.Form, "correct field, or leave it empty for a value that is no structure");
        return [];
    }

    private static DataChangeFilter? ReadDeadband(SettingRow row)
    {
        if (row.Text("deadband") is not { } text) return null;
        var isPercent = text.EndsWith('%');
        var number = isPercent ? text[..^1].TrimEnd() : text;
        if (double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var width) && width > 0 && (isPercent ? width <= 100 : width <= 1e15))
            return new DataChangeFilter(DataChangeTrigger.StatusValue, isPercent ? DeadbandKind.Percent : DeadbandKind.Absolute, width);
        row.Refuse("deadband", text, "a number above 0 in the node's own unit, such as 0.5, or a share of its EURange, such as 2%", "correct deadband, or leave it empty for every change");
        return null;
    }
}
