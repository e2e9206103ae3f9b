using EdgeGateway.Drivers.Dlt645;

namespace EdgeGateway.Drivers.Tests.Dlt645;

/// <summary>Groups in short: <c>02010100 ua 0201FF00#2</c> is an identifier, a name, and the second value of a block; <c>0E000001#2=XXXX_XXXX</c> has a format of its own.</summary>
internal static class MeterMap
{
    public const string Address = "202107072529";

    private static readonly Dlt645Type Type = new();

    public static MeterDevice Device(bool blocks = true, Edition edition = Edition.Of2007, string address = Address, int timeoutMs = 250, int followUps = 16, int quietMs = 5) => new()
    {
        Address = MeterAddress.TryParse(address, out var parsed) ? parsed : throw new ArgumentException(address, nameof(address)),
        Edition = edition,
        Timeout = TimeSpan.FromMilliseconds(timeoutMs),
        Quiet = TimeSpan.FromMilliseconds(quietMs),
        Blocks = blocks,
        FollowUps = followUps,
    };

    public static PollGroup Group(string points, MeterDevice? device = null) => new("meter/group", device ?? Device(), TimeSpan.FromSeconds(1),
        [.. points.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Point).Order(Comparer<DevicePoint>.Create(Type.Compare))]);

    public static DevicePoint Point(string text)
    {
        var cells = new Dictionary<string, string> { ["di"] = text.Split(['#', '='])[0] };
        if (text.Contains('=', StringComparison.Ordinal))
        {
            cells["format"] = text.Split('=')[1].Replace('_', ' ');
            text = text.Split('=')[0];
        }
        if (text.Contains('#', StringComparison.Ordinal)) cells["member"] = text.Split('#')[1];
        return Read(text, cells, out var faults) ?? throw new ArgumentException(string.Join("; ", faults), nameof(text));
    }

    public static DevicePoint? Read(string signal, Dictionary<string, string> cells, out List<SettingFault> faults)
    {
        var found = new List<SettingFault>();
        faults = found;
        return Type.ReadPoint(signal, new SettingRow(cells, found.Add));
    }
}
