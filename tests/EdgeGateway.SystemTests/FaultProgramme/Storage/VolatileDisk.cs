using EdgeGateway.Outbox;

namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>
/// A disk in memory that does what real ones do when nobody looks: forgets what was not flushed, tears and reorders it, fails, fills up and rots. New files, renames
/// and deletions are on disk when they return, as <see cref="IStoreFolder"/> promises. Stricter than Linux where Windows is: an open file can be neither renamed
/// nor deleted. Thread-safe.
/// </summary>
internal sealed class VolatileDisk : IStoreFolder
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, VolatileFile> _files = new(StringComparer.Ordinal);
    private DiskFault? _fault;
    private long _operations;
    private long _capacity = long.MaxValue;
    private bool _isOff;
    private bool _hasStruck;

    public string Path => "volatile-disk";

    /// <summary>Operations begun so far.</summary>
    public long Operations
    {
        get
        {
            lock (_gate) return _operations;
        }
    }

    /// <summary>Bytes of space; may be set below what is in use, then nothing grows any more.</summary>
    public long Capacity
    {
        get
        {
            lock (_gate) return _capacity;
        }
        set
        {
            lock (_gate) _capacity = value;
        }
    }

    /// <summary>Bytes of space in use.</summary>
    public long Used
    {
        get
        {
            lock (_gate) return UsedNeedsGate();
        }
    }

    /// <summary>The failure to come; null for none.</summary>
    public DiskFault? Fault
    {
        get
        {
            lock (_gate) return _fault;
        }
        set
        {
            lock (_gate) (_fault, _hasStruck) = (value, false);
        }
    }

    /// <summary>True once the present <see cref="Fault"/> has made an operation fail.</summary>
    public bool HasStruck
    {
        get
        {
            lock (_gate) return _hasStruck;
        }
    }

    /// <summary>True after a power cut or <see cref="TurnOff"/>: every operation fails.</summary>
    public bool IsOff
    {
        get
        {
            lock (_gate) return _isOff;
        }
    }

    public IReadOnlyList<string> List()
    {
        lock (_gate)
        {
            ThrowIf(NextNeedsGate(DiskOperation.List), DiskOperation.List, Path);
            return [.. _files.Keys];
        }
    }

    public IStoreFile Open(string name)
    {
        lock (_gate)
        {
            var trouble = NextNeedsGate(DiskOperation.Open);
            if (trouble is DiskTrouble.Error or DiskTrouble.Full) ThrowIf(trouble, DiskOperation.Open, name);
            if (_files.TryGetValue(name, out var file) && file.IsOpen) throw DiskError.InUse(name);
            if (file is null && (trouble is null || _operations % 2 == 0)) _files.Add(name, file = new VolatileFile());
            ThrowIf(trouble, DiskOperation.Open, name);
            file!.IsOpen = true; // made above, as nothing was wrong
            return new Handle(this, name, file);
        }
    }

    public void Rename(string from, string to)
    {
        lock (_gate)
        {
            var trouble = NextNeedsGate(DiskOperation.Rename);
            if (trouble is DiskTrouble.Error or DiskTrouble.Full) ThrowIf(trouble, DiskOperation.Rename, from);
            if (!_files.TryGetValue(from, out var file)) throw new FileNotFoundException($"Could not find file '{from}'.", from);
            if (file.IsOpen) throw DiskError.InUse(from);
            if (_files.TryGetValue(to, out var replaced) && replaced.IsOpen) throw DiskError.InUse(to);
            if (trouble is null || _operations % 2 == 0)
            {
                _files.Remove(from);
                _files[to] = file;
            }
            ThrowIf(trouble, DiskOperation.Rename, from);
        }
    }

    public void Delete(string name)
    {
        lock (_gate)
        {
            var trouble = NextNeedsGate(DiskOperation.Delete);
            if (trouble is DiskTrouble.Error or DiskTrouble.Full) ThrowIf(trouble, DiskOperation.Delete, name);
            if (_files.TryGetValue(name, out var file) && file.IsOpen) throw DiskError.InUse(name);
            if (trouble is null || _operations % 2 == 0) _files.Remove(name);
            ThrowIf(trouble, DiskOperation.Delete, name);
        }
    }

    /// <summary>Whoever still holds files of this disk is to change them no more: every operation fails from now on.</summary>
    public void TurnOff()
    {
        lock (_gate) _isOff = true;
    }

    /// <summary>A disk as the next start may find it, were the power cut now (or at the operation at which it was).</summary>
    public VolatileDisk AfterPowerCut(Random random)
    {
        lock (_gate)
        {
            var after = new VolatileDisk { Capacity = _capacity };
            foreach (var (name, file) in _files) after._files.Add(name, file.AfterPowerCut(random));
            return after;
        }
    }

    /// <summary>A disk as the next process would find it, were this one killed now: everything written is there.</summary>
    public VolatileDisk AfterKill()
    {
        lock (_gate)
        {
            var after = new VolatileDisk { Capacity = _capacity };
            foreach (var (name, file) in _files) after._files.Add(name, file.AfterKill());
            return after;
        }
    }

    /// <summary>The bytes of a file as a program would read them now.</summary>
    public byte[] BytesOf(string name)
    {
        lock (_gate) return _files[name].Current.Written.ToArray();
    }

    public void FlipBit(string name, long bit)
    {
        lock (_gate) _files[name].Rot(bytes => bytes.Flip(bit));
    }

    /// <summary>Overwrites <paramref name="length"/> bytes, or up to the end of the file, with zeros.</summary>
    public void Zero(string name, long position, int length)
    {
        lock (_gate) _files[name].Rot(bytes => bytes.Write(new byte[Math.Min(length, bytes.Length - position)], position));
    }

    public void Truncate(string name, long length)
    {
        lock (_gate) _files[name].Rot(bytes => bytes.SetLength(Math.Min(length, bytes.Length)));
    }

    private long UsedNeedsGate() => _files.Values.Sum(file => file.Allocated);

    private void AllocateNeedsGate(string name, VolatileFile file, long end)
    {
        if (end <= file.Allocated) return;
        if (UsedNeedsGate() - file.Allocated + end > _capacity) throw DiskError.Full(name);
        file.Allocated = end;
    }

    /// <summary>Counts the operation; says what is to go wrong with it.</summary>
    private DiskTrouble? NextNeedsGate(DiskOperation operation)
    {
        if (_isOff) throw DiskError.PowerIsOff();
        _operations++;
        if (_fault is not { } fault || _operations < fault.At || (_operations > fault.At && !fault.FromThenOn)) return null;
        _hasStruck = true;
        if (fault.Trouble == DiskTrouble.PowerCut) _isOff = true;
        var needsRoom = operation is DiskOperation.Open or DiskOperation.Write or DiskOperation.SetLength or DiskOperation.Flush or DiskOperation.Rename;
        return fault.Trouble == DiskTrouble.Full && !needsRoom ? DiskTrouble.Error : fault.Trouble;
    }

    private static void ThrowIf(DiskTrouble? trouble, DiskOperation operation, string name)
    {
        if (trouble is null) return;
        throw trouble switch
        {
            DiskTrouble.Full => DiskError.Full(name),
            DiskTrouble.PowerCut => DiskError.PowerIsOff(),
            _ => DiskError.Failed(operation, name),
        };
    }

    private sealed class Handle(VolatileDisk disk, string name, VolatileFile file) : IStoreFile
    {
        private bool _isClosed;

        public long Length
        {
            get
            {
                lock (disk._gate) return file.Current.Length;
            }
        }

        public int Read(Span<byte> into, long position)
        {
            lock (disk._gate)
            {
                Check();
                ThrowIf(disk.NextNeedsGate(DiskOperation.Read), DiskOperation.Read, name);
                return file.Current.Read(into, position);
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            lock (disk._gate)
            {
                Check();
                var trouble = disk.NextNeedsGate(DiskOperation.Write);
                // A write that fails may have got half the way; one that the power cut off is among the un-synced as a whole, and may be torn.
                if (trouble is DiskTrouble.Error or DiskTrouble.Full) bytes = bytes[..(bytes.Length / 2)];
                disk.AllocateNeedsGate(name, file, position + bytes.Length);
                if (!bytes.IsEmpty) file.Write(bytes, position);
                ThrowIf(trouble, DiskOperation.Write, name);
            }
        }

        public void SetLength(long length)
        {
            lock (disk._gate)
            {
                Check();
                var trouble = disk.NextNeedsGate(DiskOperation.SetLength);
                if (trouble is null or DiskTrouble.PowerCut) file.SetLength(length);
                ThrowIf(trouble, DiskOperation.SetLength, name);
            }
        }

        public void FlushToDisk()
        {
            lock (disk._gate)
            {
                Check();
                var trouble = disk.NextNeedsGate(DiskOperation.Flush);
                if (trouble is null) file.Flush();
                else if (trouble != DiskTrouble.PowerCut) file.FailToFlush();
                ThrowIf(trouble, DiskOperation.Flush, name);
            }
        }

        public void Dispose()
        {
            lock (disk._gate)
            {
                if (_isClosed) return;
                _isClosed = true;
                file.IsOpen = false;
            }
        }

        private void Check() => ObjectDisposedException.ThrowIf(_isClosed, this);
    }
}
