using System.Globalization;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// One meter that speaks DL/T 645 of either edition: the length of an identifier says which. Its values move with every answer. Any thread may ask; answers
/// are made one at a time.
/// </summary>
internal sealed class SimulatedMeter
{
    /// <summary>The error word that says: no such data.</summary>
    public const byte NoSuchData = 0x02;

    private readonly Lock _lock = new();
    private readonly List<ServedEntry> _served = [];
    private readonly List<Value> _values = [];
    private Randomness _random;
    private ServedLedger? _ledger;
    private double _load;
    private volatile Fault _fault = Fault.None;
    private long _requests;
    private long _answers;
    private long _replies;
    private long _writeRequests;

    // What is still to be asked for of an item that did not fit one frame.
    private (string Identifier, byte[] Data, int Sent, int Next) _rest = ("", [], 0, 0);

    /// <summary>A meter with its items.</summary>
    /// <exception cref="ArgumentException">The address is not twelve digits, or two items are read under one identifier.</exception>
    public SimulatedMeter(string name, string address, IReadOnlyList<MeterItem> items)
    {
        if (address.Length != 12 || !address.All(char.IsAsciiDigit)) throw new ArgumentException($"{name}: address {address}, expected twelve digits", nameof(address));
        var twice = items.Where(item => item.Identifier.Length > 0).GroupBy(item => item.Identifier).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null) throw new ArgumentException($"{name}: {twice.Key} is there twice", nameof(items));
        Name = name;
        Address = address;
        Items = items;
    }

    /// <summary>Unique in the plant; the name the ledger knows it by.</summary>
    public string Name { get; }

    /// <summary>Twelve digits.</summary>
    public string Address { get; }

    public IReadOnlyList<MeterItem> Items { get; }

    /// <summary>The most bytes of an item in one frame; what is left is asked for as frames that follow.</summary>
    public int FrameData { get; init; } = 196;

    /// <summary>False if the meter refuses blocks.</summary>
    public bool HasBlocks { get; init; } = true;

    /// <summary>How many bytes a block of this meter comes short; 0 for whole ones.</summary>
    public int BlockShortage { get; init; }

    /// <summary>True if it says nothing about items it does not have, instead of refusing.</summary>
    public bool IsMuteAboutUnknown { get; init; }

    /// <summary>What is wrong with it from the next question on.</summary>
    public Fault Fault
    {
        get => _fault;
        set => _fault = value;
    }

    /// <summary>Questions taken, of any control code.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Replies with values that were made (refusals and following frames not counted).</summary>
    public long Answers => Volatile.Read(ref _answers);

    /// <summary>Questions that have been answered, or that nothing more will come of.</summary>
    public long Replies => Volatile.Read(ref _replies);

    /// <summary>Questions with control codes that do anything but read. A gateway that only reads leaves this at 0.</summary>
    public long WriteRequests => Volatile.Read(ref _writeRequests);

    /// <summary>Makes the values of seed <paramref name="seed"/> and has <paramref name="ledger"/> (if any) take down what is served.</summary>
    internal void Prepare(ulong seed, ServedLedger? ledger)
    {
        lock (_lock)
        {
            var own = Randomness.SeedFor(seed, Name);
            _random = new Randomness(own);
            _load = 0;
            _ledger = ledger;
            _values.Clear();
            foreach (var item in Items)
            {
                var points = item.Names.Select(item.AsPoint).ToList();
                var tracks = ledger is null ? [] : points.Select(point => ledger.Open(Name, point)).ToArray();
                _values.Add(new Value(item, new PointState(points[0], Randomness.SeedFor(own, item.Names[0])), tracks));
            }
        }
    }

    /// <summary>Counts a question.</summary>
    internal void Count(byte control)
    {
        Interlocked.Increment(ref _requests);
        if (control is not (0x01 or 0x02 or 0x11 or 0x12 or 0x13)) Interlocked.Increment(ref _writeRequests);
    }

    /// <summary>Counts a question that is over.</summary>
    internal void CountReply() => Interlocked.Increment(ref _replies);

    /// <summary>Answers one question; null for no answer.</summary>
    /// <param name="control">The control code asked with.</param>
    /// <param name="data">The data asked with.</param>
    /// <param name="utcMs">When.</param>
    /// <param name="fault">What is wrong.</param>
    /// <returns>Control code and data of the reply.</returns>
    internal (byte Control, byte[] Data)? Answer(byte control, byte[] data, long utcMs, Fault fault)
    {
        if (control == 0x13) return (0x93, MeterWire.AddressBytes(Address));
        var reply = (byte)(control | 0x80);
        if (fault.Kind == FaultKind.Exception) return ((byte)(reply | 0x40), [fault.Code]);
        var identifierBytes = control >= 0x10 ? 4 : 2;
        if (data.Length < identifierBytes) return ((byte)(reply | 0x40), [1]);
        var identifier = Convert.ToHexString(data.Take(identifierBytes).Reverse().ToArray());
        lock (_lock)
        {
            if (control is 0x12 or 0x02) return NextNeedsLock(reply, identifier, data, fault);
            if (control is not (0x11 or 0x01)) return ((byte)(reply | 0x40), [4]);
            return FirstNeedsLock(reply, identifier, data[..identifierBytes], utcMs, fault);
        }
    }

    private (byte, byte[])? FirstNeedsLock(byte reply, string identifier, byte[] asked, long utcMs, Fault fault)
    {
        var isBlock = false;
        List<Value> found = [.. _values.Where(value => value.Item.Identifier == identifier)];
        if (found.Count == 0)
        {
            isBlock = true;
            found = [.. _values.Where(value => value.Item.Block == identifier).OrderBy(value => value.Item.Member)];
        }
        if (found.Count == 0 && Nameplate(identifier, utcMs) is { } nameplate) return (reply, [.. asked, .. nameplate]);
        if (found.Count == 0 || (isBlock && !HasBlocks)) return IsMuteAboutUnknown ? null : ((byte)(reply | 0x40), [NoSuchData]);
        var isFrozen = fault.Kind == FaultKind.Frozen;
        if (!isFrozen) _load += 0.05 * _random.Gauss() - 0.00125 * _load;
        _served.Clear();
        var whole = new byte[found.Sum(value => value.Item.Width)];
        var at = 0;
        foreach (var value in found)
        {
            if (!isFrozen) value.State.Advance(_load, utcMs);
            value.Item.Write(whole.AsSpan(at, value.Item.Width), value.State.Bits, value.State.Text);
            at += value.Item.Width;
            foreach (var track in value.Tracks) _served.Add(track.Entry(value.State.Bits, value.State.Text, 0));
        }
        // What is wrong with following frames does not touch an item that has none.
        var isWhole = whole.Length <= FrameData && (fault.Kind is FaultKind.FollowUpMissing or FaultKind.FollowUpRepeated or FaultKind.FollowUpSkipped);
        _ledger?.Append(_served, utcMs, isWhole ? FaultKind.None : fault.Kind);
        _answers++;
        if (isBlock && BlockShortage > 0) whole = whole[..^BlockShortage];
        if (fault.Kind == FaultKind.Fillers) Array.Fill(whole, (byte)0xFF);
        if (whole.Length <= FrameData) return (reply, [.. asked, .. whole]);
        _rest = (identifier, whole, FrameData, 1);
        return ((byte)(reply | 0x20), [.. asked, .. whole[..FrameData]]);
    }

    /// <summary>What every meter has: its number, and its clock (which runs at UTC here).</summary>
    private byte[]? Nameplate(string identifier, long utcMs)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(utcMs);
        return identifier switch
        {
            "04000401" or "04000402" or "C032" => MeterWire.AddressBytes(Address),
            "04000101" or "C010" => Digits(string.Create(CultureInfo.InvariantCulture, $"{now:yyMMdd}{(int)now.DayOfWeek:00}")),
            "04000102" or "C011" => Digits(now.ToString("HHmmss", CultureInfo.InvariantCulture)),
            _ => null,
        };
    }

    private static byte[] Digits(string highestFirst) => [.. Convert.FromHexString(highestFirst).Reverse()];

    private (byte, byte[])? NextNeedsLock(byte reply, string identifier, byte[] data, Fault fault)
    {
        var isNumbered = identifier.Length == 8;
        var (expected, whole, sent, next) = _rest;
        if (identifier != expected || sent >= whole.Length || (isNumbered && (data.Length != 5 || data[4] != next))) return ((byte)(reply | 0x40), [NoSuchData]);
        if (fault.Kind == FaultKind.FollowUpMissing) return null;
        var end = Math.Min(whole.Length, sent + FrameData);
        _rest = (identifier, whole, end, next + 1);
        var sequence = fault.Kind == FaultKind.FollowUpRepeated ? next - 1 : fault.Kind == FaultKind.FollowUpSkipped ? next + 1 : next;
        byte[] identifierBytes = data[..(isNumbered ? 4 : 2)];
        byte[] part = isNumbered ? [.. whole[sent..end], (byte)sequence] : whole[sent..end];
        return ((byte)(end < whole.Length ? reply | 0x20 : reply), [.. identifierBytes, .. part]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} (meter {Address})");

    private sealed record Value(MeterItem Item, PointState State, ServedTrack[] Tracks);
}
