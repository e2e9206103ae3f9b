namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>One file of a <see cref="VolatileDisk"/>: as programs see it, and as the disk has it for certain. Not thread-safe: the disk's lock guards it.</summary>
internal sealed class VolatileFile
{
    private readonly List<DiskChange> _unsynced = [];
    private DiskBytes _durable = new();

    /// <summary>As a program reads it.</summary>
    public DiskBytes Current { get; private set; } = new();

    public bool IsOpen { get; set; }

    /// <summary>Bytes of disk space it holds: up to the furthest that was written. Holes count as written.</summary>
    public long Allocated { get; set; }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        Current.Write(bytes, position);
        _unsynced.Add(new DiskChange(position, bytes.ToArray(), 0));
    }

    public void SetLength(long length)
    {
        Current.SetLength(length);
        _unsynced.Add(new DiskChange(0, null, length));
        Allocated = Math.Min(Allocated, length);
    }

    public void Flush()
    {
        var synced = _unsynced.Where(change => !change.IsDoubtful).ToList();
        foreach (var change in synced) Apply(_durable, change);
        // What a doubtful write covered has been written anew, and is on disk now.
        _unsynced.RemoveAll(change => !change.IsDoubtful || synced.Any(change.Overlaps));
    }

    public void FailToFlush()
    {
        for (var i = 0; i < _unsynced.Count; i++) _unsynced[i] = _unsynced[i] with { IsDoubtful = true };
    }

    /// <summary>Damage that no program did: it is on the disk and in what programs read. The disk has everything by then.</summary>
    public void Rot(Action<DiskBytes> damage)
    {
        damage(Current);
        _durable = Current.Copy();
        _unsynced.Clear();
    }

    /// <summary>The file as a power cut may leave it.</summary>
    public VolatileFile AfterPowerCut(Random random)
    {
        var bytes = _durable.Copy();
        switch (random.Next(4))
        {
            case 0: // nothing of it has got there
                break;
            case 1:
                foreach (var change in _unsynced) Apply(bytes, change);
                break;
            case 2:
                KeepBeginning(bytes, random);
                break;
            default:
                KeepSome(bytes, random);
                break;
        }
        return new VolatileFile { _durable = bytes, Current = bytes.Copy(), Allocated = bytes.Length };
    }

    /// <summary>The file as it stands, with everything on disk.</summary>
    public VolatileFile AfterKill() => new() { _durable = Current.Copy(), Current = Current.Copy(), Allocated = Allocated };

    private void KeepBeginning(DiskBytes bytes, Random random)
    {
        var whole = random.Next(_unsynced.Count + 1);
        foreach (var change in _unsynced.Take(whole)) Apply(bytes, change);
        if (whole < _unsynced.Count) Tear(bytes, _unsynced[whole], random);
    }

    private void KeepSome(DiskBytes bytes, Random random)
    {
        var chance = random.NextDouble();
        foreach (var change in random.Next(2) == 0 ? _unsynced : OutOfOrder(random))
        {
            if (random.NextDouble() >= chance) continue;
            if (random.Next(4) == 0) Tear(bytes, change, random);
            else Apply(bytes, change);
        }
    }

    // Writes overtake each other, but none overtakes a new length: file systems keep those in order with what follows them.
    private List<DiskChange> OutOfOrder(Random random)
    {
        var shuffled = new List<DiskChange>(_unsynced.Count);
        var writes = new List<DiskChange>();
        foreach (var change in _unsynced)
        {
            if (change.Bytes is not null)
            {
                writes.Add(change);
                continue;
            }
            Pour();
            shuffled.Add(change);
        }
        Pour();
        return shuffled;

        void Pour()
        {
            var some = writes.ToArray();
            random.Shuffle(some);
            shuffled.AddRange(some);
            writes.Clear();
        }
    }

    /// <summary>Keeps some sectors of a write and not others; a new length is kept or not.</summary>
    private static void Tear(DiskBytes bytes, DiskChange change, Random random)
    {
        if (change.Bytes is not { } written)
        {
            if (random.Next(2) == 0) Apply(bytes, change);
            return;
        }
        var sector = random.Next(2) == 0 ? 512 : 4096;
        for (var at = change.Position; at < change.Position + written.Length;)
        {
            var end = Math.Min((at / sector + 1) * sector, change.Position + written.Length);
            if (random.Next(2) == 0) bytes.Write(written.AsSpan((int)(at - change.Position), (int)(end - at)), at);
            at = end;
        }
    }

    private static void Apply(DiskBytes bytes, DiskChange change)
    {
        if (change.Bytes is { } written) bytes.Write(written, change.Position);
        else bytes.SetLength(change.Length);
    }
}
