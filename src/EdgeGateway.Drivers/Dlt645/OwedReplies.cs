namespace EdgeGateway.Drivers.Dlt645;

/// <summary>
/// Questions whose replies may still come. A reply names its meter and its item, but not its question: a late one could pass for the reply to the next
/// question for the same item. Such an item is therefore not asked for again until the meter has answered a question for another one: a meter answers in
/// the order in which it is asked, and what carries the answers keeps that order, so whatever was still to come has come before that.
/// </summary>
internal sealed class OwedReplies(TimeProvider time)
{
    /// <summary>A meter that owes so many items is asked for none but <see cref="Telling"/> ones: nothing is forgotten to make room.</summary>
    public const int MaxItems = 8;

    /// <summary>After this long a reply is no longer waited for: a meter may not know any other item.</summary>
    public static readonly TimeSpan Lapse = TimeSpan.FromSeconds(60);

    // Every meter has one of these: energy, voltage, its number.
    private static readonly uint[] Common2007 = [0x0001_0000, 0x0201_0100, 0x0400_0402, 0x0000_0000, 0x0400_0101, 0x0400_0102, 0x0203_0000, 0x0202_0100, 0x0206_0000];
    private static readonly uint[] Common1997 = [0x9010, 0xB611, 0xC032, 0xC010, 0xC011, 0x9020, 0xB630, 0xB621, 0xB650];

    private readonly Dictionary<MeterAddress, List<Owed>> _byMeter = [];

    /// <summary>A reply for this item may still come.</summary>
    public void Add(MeterAddress meter, Edition edition, uint identifier)
    {
        if (!_byMeter.TryGetValue(meter, out var owed)) _byMeter.Add(meter, owed = new List<Owed>(MaxItems + Common2007.Length));
        for (var i = 0; i < owed.Count; i++)
        {
            if (owed[i].Edition != edition || owed[i].Identifier != identifier) continue;
            owed.RemoveAt(i);
            break;
        }
        if (owed.Count >= MaxItems) DropLapsed(owed);
        owed.Add(new Owed(edition, identifier, time.GetTimestamp()));
    }

    /// <summary>The meter has answered with data: nothing older can come any more.</summary>
    public void Close(MeterAddress meter)
    {
        if (_byMeter.TryGetValue(meter, out var owed)) owed.Clear();
    }

    /// <summary>Keeps nothing of this meter.</summary>
    public void Forget(MeterAddress meter) => _byMeter.Remove(meter);

    /// <summary>True if the meter owes any reply.</summary>
    public bool Has(MeterAddress meter) => _byMeter.TryGetValue(meter, out var owed) && owed.Count > 0;

    /// <summary>True if a reply that is still to come could pass for the reply to this question, or if the meter owes too many to be asked for more.</summary>
    public bool Hides(MeterAddress meter, Edition edition, uint identifier)
    {
        if (!_byMeter.TryGetValue(meter, out var owed)) return false;
        var awaited = 0;
        foreach (var one in owed)
        {
            if (HasLapsed(one)) continue;
            if (one.Edition == edition && one.Identifier == identifier) return true;
            awaited++;
        }
        return awaited >= MaxItems;
    }

    /// <summary>An item whose reply cannot be mistaken for one that is still to come; null if the meter owes every one of them.</summary>
    public uint? Telling(MeterAddress meter, Edition edition)
    {
        foreach (var identifier in edition == Edition.Of2007 ? Common2007 : Common1997)
            if (!Owes(meter, edition, identifier)) return identifier;
        return null;
    }

    private bool Owes(MeterAddress meter, Edition edition, uint identifier)
    {
        if (!_byMeter.TryGetValue(meter, out var owed)) return false;
        foreach (var one in owed)
            if (one.Edition == edition && one.Identifier == identifier && !HasLapsed(one)) return true;
        return false;
    }

    private void DropLapsed(List<Owed> owed)
    {
        for (var i = owed.Count - 1; i >= 0; i--)
            if (HasLapsed(owed[i])) owed.RemoveAt(i);
    }

    private bool HasLapsed(Owed one) => time.GetElapsedTime(one.AskedAt) >= Lapse;

    private readonly record struct Owed(Edition Edition, uint Identifier, long AskedAt);
}
