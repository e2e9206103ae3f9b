using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>OPC UA: a line is a server, its devices are parts of it.</summary>
public sealed class OpcUaType : DriverType
{
    private const string Scheme = "opc.tcp";

    /// <inheritdoc/>
    public override string Name => "opcua";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Schemes => [Scheme];

    /// <inheritdoc/>
    public override IReadOnlyList<string> LineKeys => OpcUaKeys.Line;

    /// <inheritdoc/>
    public override IReadOnlyList<string> LineFiles => OpcUaKeys.LineFiles;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DeviceKeys => OpcUaKeys.Device;

    /// <inheritdoc/>
    public override IReadOnlyList<string> PointColumns => OpcUaKeys.Point;

    /// <inheritdoc/>
    public override string? AddressNeeded(Uri connect)
    {
        var isGood = connect.Scheme == Scheme && connect.Host.Length > 0 && connect.Port > 0 && connect.UserInfo.Length == 0 && connect.Query.Length == 0 && connect.Fragment.Length == 0;
        return isGood ? null : "opc.tcp://host:port, with the server's path behind it if it has one, port 1 to 65535; names and passwords go into username and password-file";
    }

    /// <inheritdoc/>
    public override LineSettings? ReadLine(SettingRow row) => OpcUaKeys.ReadLine(row);

    /// <inheritdoc/>
    public override DeviceSettings? ReadDevice(SettingRow row) => OpcUaKeys.ReadDevice(row);

    /// <inheritdoc/>
    public override DevicePoint? ReadPoint(string signal, SettingRow row) => OpcUaKeys.ReadPoint(signal, row);

    /// <summary>The order of the map: a server has none.</summary>
    public override int Compare(DevicePoint left, DevicePoint right) => 0;

    /// <summary>Never: a node is what it is, however often it is named.</summary>
    public override bool Overlap(DevicePoint left, DevicePoint right) => false;

    /// <inheritdoc/>
    public override bool Share(DevicePoint left, DevicePoint right) =>
        left is OpcUaPoint a && right is OpcUaPoint b && a.Node.Equals(b.Node) && a.Index.AsSpan().SequenceEqual(b.Index.AsSpan()) && a.Field.AsSpan().SequenceEqual(b.Field.AsSpan());

    /// <summary>Type, value, status and both times as text.</summary>
    public override DevicePoint? Evidence(DevicePoint point, string signal) => point is OpcUaPoint place ? place.AsEvidence(signal) : null;

    /// <summary>Nothing to reckon with: what comes, comes by itself.</summary>
    public override TimeSpan LeastTime(PollGroup group) => TimeSpan.Zero;

    /// <inheritdoc/>
    public override IReadOnlyList<(string Label, DevicePoint Point)> OtherReadings(DevicePoint point) =>
        point is OpcUaPoint { IsEvidence: false } place ? [("raw", place.AsEvidence(place.Signal))] : [];

    /// <inheritdoc/>
    public override string Place(DevicePoint point)
    {
        if (point is not OpcUaPoint place) return "";
        var deadband = place.Deadband is { } filter ? $" deadband {filter.DeadbandValue}{(filter.Deadband == DeadbandKind.Percent ? "%" : "")}" : "";
        return $"{place.Node}{(place.Index.IsEmpty ? "" : $" [{string.Join(", ", place.Index)}]")}{(place.Field.IsEmpty ? "" : $" .{string.Join('.', place.Field)}")}{deadband}";
    }

    /// <summary>A driver on its own, which nobody can make a session for: see <see cref="Create(LineContext)"/>.</summary>
    /// <exception cref="NotSupportedException">Always: a session needs to know the server's address and whom to trust.</exception>
    public override IDriver Create(string line, TimeProvider time) => throw new NotSupportedException($"line {line}: a session needs to know the server's address and whom to trust");

    /// <inheritdoc/>
    public override IDriver Create(LineContext line) => new OpcUaDriver(line);
}
