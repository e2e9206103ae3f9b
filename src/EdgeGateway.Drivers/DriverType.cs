namespace EdgeGateway.Drivers;

/// <summary>What the gateway needs to know of a protocol before it speaks it: its name, its keys and columns, and how to make a driver.</summary>
public abstract class DriverType
{
    /// <summary>The name in line files: <c>modbus-tcp</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The schemes of <c>connect:</c> that this protocol runs over: <c>tcp</c>, <c>serial</c>.</summary>
    public abstract IReadOnlyList<string> Schemes { get; }

    /// <summary>
    /// True if drivers of other protocols may take turns with this one on one stream: so for whatever is spoken on a bus. False where the stream
    /// carries a session or nothing but this protocol's frames.
    /// </summary>
    public virtual bool SharesLine => Schemes.Contains(SerialAddress.Scheme);

    /// <summary>What a serial port must be set to for this protocol, in words (<c>8 data bits</c>); null if it can be spoken at <paramref name="port"/> as it is.</summary>
    public virtual string? PortNeeded(SerialAddress port) => null;

    /// <summary>What a heartbeat between frames must be like for this protocol, in words; null if it bears <paramref name="heartbeat"/>.</summary>
    public virtual string? HeartbeatNeeded(ReadOnlySpan<byte> heartbeat) => null;

    /// <summary>What an address must look like for this protocol, in words; null if it can be spoken at <paramref name="connect"/>.</summary>
    public virtual string? AddressNeeded(Uri connect) => null;

    /// <summary>The keys of a line that belong to this protocol (lower case).</summary>
    public virtual IReadOnlyList<string> LineKeys => [];

    /// <summary>Those of <see cref="LineKeys"/> that name a file: <see cref="ReadLine"/> gets its full path; a file that is not there is reported beforehand.</summary>
    public virtual IReadOnlyList<string> LineFiles => [];

    /// <summary>Reads a line's own keys; reports every fault to the row and returns null if there was one, or if the protocol has no such keys.</summary>
    public virtual LineSettings? ReadLine(SettingRow row) => null;

    /// <summary>The keys of a device that belong to this protocol (lower case).</summary>
    public abstract IReadOnlyList<string> DeviceKeys { get; }

    /// <summary>The columns of a device map that belong to this protocol (lower case).</summary>
    public abstract IReadOnlyList<string> PointColumns { get; }

    /// <summary>Reads a device's own keys; reports every fault to the row and returns null if there was one.</summary>
    public abstract DeviceSettings? ReadDevice(SettingRow row);

    /// <summary>Reads a point's own columns; reports every fault to the row and returns null if there was one.</summary>
    /// <param name="signal">The point's name within its device, already checked.</param>
    /// <param name="row">The cells of <see cref="PointColumns"/>.</param>
    public abstract DevicePoint? ReadPoint(string signal, SettingRow row);

    /// <summary>The order in which points of a group are asked.</summary>
    public abstract int Compare(DevicePoint left, DevicePoint right);

    /// <summary>
    /// True if two points of one device claim the same place in a way that cannot both be right (a float that starts in the middle of
    /// another one). The same place read twice in the same way is allowed.
    /// </summary>
    public abstract bool Overlap(DevicePoint left, DevicePoint right);

    /// <summary>True if two points of one device are found in one place, so that they must come from one answer.</summary>
    public virtual bool Share(DevicePoint left, DevicePoint right) => false;

    /// <summary>A point named <paramref name="signal"/> that brings the place of <paramref name="point"/> as the device sent it, as text; null where there is no such thing.</summary>
    public virtual DevicePoint? Evidence(DevicePoint point, string signal) => null;

    /// <summary>
    /// How many bits the raw number of a point has, for rules about single bits of a status word: 0 where it has none that could be asked for, because it is
    /// a float, a text, a time or a number with decimals. A type that does not say has as many as a raw number can have.
    /// </summary>
    public virtual int Bits(DevicePoint point) => 64;

    /// <summary>
    /// The smallest and the greatest whole number a point can bring, for rules about codes of a status word; null where whole numbers have no bounds of
    /// that kind.
    /// </summary>
    public virtual (Int128 Least, Int128 Greatest)? Codes(DevicePoint point) => null;

    /// <summary>
    /// By what a device is called on its line, in words (<c>unit 3</c>): two devices of one line with the same words are one device. Null where that
    /// cannot be told.
    /// </summary>
    public virtual string? DeviceAddress(DeviceSettings device) => null;

    /// <summary>The shortest time one poll of <paramref name="group"/> takes on its line, for refusing budgets that cannot be kept.</summary>
    public abstract TimeSpan LeastTime(PollGroup group);

    /// <summary>The shortest time one poll of <paramref name="group"/> takes on a port of this speed and format; null for a line without any.</summary>
    public virtual TimeSpan LeastTime(PollGroup group, SerialAddress? port) => LeastTime(group);

    /// <summary>
    /// Other ways of reading the place of <paramref name="point"/>, each with a label (<c>CDAB</c>, <c>raw</c>): all of them can be asked in one
    /// group with it. Empty where a place can be read in one way only.
    /// </summary>
    public virtual IReadOnlyList<(string Label, DevicePoint Point)> OtherReadings(DevicePoint point) => [];

    /// <summary>Where a point is found, in the words of a map: <c>holding 2 float32</c>. Empty where a protocol has none.</summary>
    public virtual string Place(DevicePoint point) => "";

    /// <summary>Makes a search for devices on one line, or null if the protocol has none.</summary>
    /// <param name="time">The clock for deadlines.</param>
    public virtual IBusScan? CreateScan(TimeProvider time) => null;

    /// <summary>How long a search waits for each address unless it is told otherwise, sending of question and reply included.</summary>
    /// <param name="port">The port whose speed counts; null for a line without any.</param>
    public virtual TimeSpan ScanPatience(SerialAddress? port) => TimeSpan.FromMilliseconds(300);

    /// <summary>Makes the driver for one line.</summary>
    /// <param name="line">The line's name, for messages.</param>
    /// <param name="time">The clock for deadlines.</param>
    public abstract IDriver Create(string line, TimeProvider time);

    /// <summary>Makes the driver for one line, with all that the gateway can tell of it.</summary>
    public virtual IDriver Create(LineContext line) => Create(line.Name, line.Time);
}
