namespace EdgeGateway.Outbox;

/// <summary>
/// The data and log file under a LiteDB engine, with what LiteDB 5.0.20 itself does not promise (docs/decisions/0002-durable-litedb.md):
/// a commit that can be waited for until its last page is on disk, the log on disk before the data file is touched, the data file on disk before
/// the log is cut, and no writing on after an I/O error. Owns both files.
/// </summary>
internal sealed class DurableFiles : IDisposable
{
    private readonly object _gate = new();
    private readonly IStoreFile _data;
    private readonly IStoreFile _log;
    private long _confirmedWritten;
    private long _confirmedOnDisk;
    private bool _logDirty;
    private bool _dataDirty;
    private IOException? _failure;

    public DurableFiles(IStoreFile data, IStoreFile log)
    {
        (_data, _log) = (data, log);
        _logDirty = log.Length > 0; // left by a process before this one: readable, but nobody knows whether it is on disk
        Data = new FilePart(this, _data, isLog: false);
        Log = new FilePart(this, _log, isLog: true);
    }

    public Stream Data { get; }

    public Stream Log { get; }

    /// <summary>False if the data file holds something else than a LiteDB database: opening it would cut it to whole pages.</summary>
    public bool HoldsDatabaseOrNothing()
    {
        Span<byte> page = stackalloc byte[LiteDbPage.MagicOffset + LiteDbPage.Magic.Length];
        return _data.Length == 0 || LiteDbPage.IsHeader(page[.._data.Read(page, 0)]);
    }

    /// <summary>Commits whose last page has been written so far: take it before a commit, hand it to <see cref="WaitForCommitAfter"/>.</summary>
    public long Commits
    {
        get
        {
            lock (_gate) return _confirmedWritten;
        }
    }

    /// <summary>The first I/O error, after which nothing more is written; null if there was none.</summary>
    public IOException? Failure
    {
        get
        {
            lock (_gate) return _failure;
        }
    }

    /// <summary>Returns when a commit made after <see cref="Commits"/> was <paramref name="before"/> is on disk.</summary>
    /// <exception cref="IOException">The disk refused; whether the commit is there is unknown until the files are opened again.</exception>
    public void WaitForCommitAfter(long before)
    {
        lock (_gate)
        {
            // LiteDB's writer runs in the background and pulses with every confirmed page; the patience only bounds a bug.
            while (_failure is null && _confirmedWritten <= before)
                if (!Monitor.Wait(_gate, TimeSpan.FromSeconds(60)))
                    throw new IOException("the store's background writer has not written a commit for 60 s");
            if (_failure is null && _confirmedOnDisk <= before) SyncLogNeedsGate();
            if (_failure is not null) throw new IOException($"the store cannot write: {_failure.Message}", _failure);
        }
    }

    /// <summary>Puts what has been written to both files on disk; see <see cref="Failure"/>.</summary>
    public void SyncBoth()
    {
        lock (_gate)
        {
            SyncLogNeedsGate();
            SyncDataNeedsGate();
        }
    }

    public void Dispose()
    {
        SyncBoth();
        _log.Dispose();
        _data.Dispose();
    }

    private void SyncLogNeedsGate()
    {
        if (!_logDirty) return;
        Guarded(_log.FlushToDisk);
        if (_failure is not null) return;
        _logDirty = false;
        _confirmedOnDisk = _confirmedWritten;
    }

    private void SyncDataNeedsGate()
    {
        if (!_dataDirty) return;
        Guarded(_data.FlushToDisk);
        if (_failure is null) _dataDirty = false;
    }

    private void Guarded(Action io)
    {
        if (_failure is not null) return;
        try
        {
            io();
        }
        catch (IOException e)
        {
            FailNeedsGate(e);
        }
    }

    // Kept for the waiting caller: an exception in LiteDB's writer would leave the engine in mid-commit, and it never recovers from that.
    private void FailNeedsGate(IOException e)
    {
        _failure = e;
        Monitor.PulseAll(_gate);
    }

    private void WritePages(IStoreFile file, bool isLog, ReadOnlySpan<byte> bytes, long position)
    {
        lock (_gate)
        {
            if (!isLog) SyncLogNeedsGate(); // write-ahead: what the data file shows must be recoverable from the log
            if (_failure is not null) return;
            try
            {
                file.Write(bytes, position);
            }
            catch (IOException e)
            {
                FailNeedsGate(e);
                return;
            }
            if (isLog) _logDirty = true;
            else _dataDirty = true;
            if (isLog && LiteDbPage.IsConfirmed(bytes))
            {
                _confirmedWritten++;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void CutTo(IStoreFile file, bool isLog, long length)
    {
        lock (_gate)
        {
            if (isLog) SyncDataNeedsGate(); // the log may only go once its pages are safe in the data file
            Guarded(() => file.SetLength(length));
            if (isLog) _logDirty = true;
            else _dataDirty = true;
        }
    }

    /// <summary>One of the two files as the stream LiteDB wants. LiteDB locks around each call and sets the position first.</summary>
    private sealed class FilePart(DurableFiles owner, IStoreFile file, bool isLog) : Stream
    {
        private long _length = file.Length;

        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => true;
        public override long Length => Interlocked.Read(ref _length);
        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = file.Read(buffer.AsSpan(offset, count), Position);
            Position += read;
            return read;
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            owner.WritePages(file, isLog, buffer.AsSpan(offset, count), Position);
            Position += count;
            if (Position > Length) Interlocked.Exchange(ref _length, Position);
        }

        public override void SetLength(long value)
        {
            owner.CutTo(file, isLog, value);
            Interlocked.Exchange(ref _length, value);
        }

        /// <summary>
        /// Does nothing on purpose: LiteDB's writer asks for it whenever its queue runs empty, up to once a page. What has to be on disk, and before
        /// what, is decided above: one sync per commit, log before data, data before the log is cut.
        /// </summary>
        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };
    }
}
