using System.Security.Cryptography;
using System.Text;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>
/// Does to a store what the recorder and the uplink do: appends segments of both streams with their gap records, reads, acknowledges, refuses, sends again; and
/// holds everything it gets against a <see cref="StoreModel"/>. Its choices come from the seed alone.
/// </summary>
internal sealed class StoreWorkload : IDisposable
{
    private const int ReadAhead = 8;
    private const int MostTries = 20;

    /// <summary>Small, so that files fill, move and leave within a few hundred segments.</summary>
    private static readonly OutboxSettings Settings = new() { MaxBytes = 1 << 20, Retention = TimeSpan.FromHours(1) };

    private readonly Random _random;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly FickleKey _fickle;
    private readonly LineSigner _signer;
    private readonly Random? _away;
    private readonly Dictionary<string, StreamTail> _tails = [];
    private readonly List<byte[]> _received = [];
    private readonly List<string> _faults = [];
    private Sealer _sealer;
    private StoreModel _model = new();
    private SealedCommit? _commit;
    private LiteDbOutbox? _outbox;
    private long _epoch;
    private long _appended;
    private bool _hasNamedDamage;
    private long _lostWithEpoch;

    public StoreWorkload(int seed)
    {
        _random = new Random(seed);
        _fickle = new FickleKey(new Es256Signer(_key));
        _signer = new LineSigner(_fickle);
        // In one round of four the key is away at times. Its choices are its own, so that the others stay what they are for a seed.
        _away = seed % 4 == 3 ? new Random(seed ^ 0x4B45) : null;
        _sealer = SealerOf(1);
    }

    public VolatileDisk Disk { get; private set; } = new();

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>True while a commit waits for the disk to take it.</summary>
    public bool IsHeldUp => _commit is not null;

    /// <summary>True while the store is open.</summary>
    public bool IsOpen => _outbox is not null;

    /// <summary>How often the store had to begin a new epoch because its journal was lost.</summary>
    public int EpochsLost { get; private set; }

    public void Fault(string what)
    {
        if (_faults.Count < 10) _faults.Add(what);
    }

    /// <summary>Opens the store; false if the disk is why it cannot be.</summary>
    public bool TryOpen()
    {
        try
        {
            _outbox = LiteDbOutbox.Open(Disk, Settings, _time);
        }
        catch (OutboxException e)
        {
            var isDisk = e.InnerException is IOException && (Disk.HasStruck || Disk.IsOff || Disk.Capacity < long.MaxValue);
            if (!isDisk) Fault($"the store was not opened for another reason than the disk's: {e.Message}");
            return false;
        }
        TakeUp(_outbox);
        return true;
    }

    /// <summary>The process ends, orderly or not, and the next one finds <paramref name="disk"/>.</summary>
    public void Restart(VolatileDisk? disk = null)
    {
        if (disk is not null) Disk.TurnOff();
        Close();
        Disk = disk ?? Disk;
    }

    /// <summary>Some rounds of what recorder and uplink do. Ends early when the disk is off, or refuses a commit.</summary>
    public void Work(int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            if (!TryCommit()) return;
            if (_away?.Next(5) == 0) _fickle.IsAway = !_fickle.IsAway;
            if (!_fickle.IsAway && !TrySign(Opened)) return;
            if (_random.Next(2) == 0 && !TryDeliver(_random.Next(1, 12))) return;
            _time.Advance(TimeSpan.FromSeconds(_random.Next(120)));
        }
    }

    /// <summary>Signs what waits for that, as the signing desk does; false if the disk refused.</summary>
    private bool TrySign(LiteDbOutbox outbox)
    {
        const int portion = 16;
        try
        {
            foreach (var stream in Streams.InOrderOfUrgency)
                while (outbox.Unsigned(stream, portion) is { UpTo: > 0 } waiting)
                    outbox.Sign(stream, [.. waiting.Segments.Select(segment => segment with { Line = _signer.Sign(segment.Line) })], waiting.UpTo);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The key is back, and everything gets its signature.</summary>
    private void SignAll(LiteDbOutbox outbox)
    {
        _fickle.IsAway = false;
        for (var tries = 0; !TrySign(outbox); tries++)
        {
            if (tries < MostTries) continue;
            Fault($"signatures are refused {MostTries} times although the disk is mended");
            return;
        }
    }

    /// <summary>Seals and stores as the recorder does; false if the disk refused: then the same is to be tried again.</summary>
    public bool TryCommit()
    {
        var outbox = Opened;
        var commit = _commit ??= Sealed(outbox);
        try
        {
            if (commit.Evictions.Count == 0)
            {
                commit.Evictions.AddRange(outbox.Evicts(commit.Segments.Sum(segment => segment.Line.Length)));
                foreach (var eviction in commit.Evictions) commit.Segments.Add(Gap(eviction, "evicted"));
            }
            outbox.Append(new OutboxCommit(commit.Segments) { Evictions = [.. commit.Damage, .. commit.Evictions] });
        }
        catch (IOException)
        {
            return false;
        }
        _model.Confirm(commit);
        _hasNamedDamage = commit.Damage.Count > 0;
        _appended += commit.Segments.Sum(segment => segment.Readings);
        _commit = null;
        return true;
    }

    /// <summary>Tries a commit that is held up until the disk takes it; it must, once it is mended.</summary>
    public void Insist()
    {
        for (var tries = 0; IsHeldUp; tries++)
        {
            if (TryCommit()) return;
            if (tries < MostTries) continue;
            Fault($"a commit is refused {MostTries} times although the disk is mended");
            return;
        }
    }

    /// <summary>Hands segments on as the uplink does; false if the disk refused.</summary>
    public bool TryDeliver(int most)
    {
        var stream = _random.Next(4) == 0 ? Streams.Events : Streams.Readings;
        try
        {
            for (var from = _random.Next(2) == 0 ? 1 : Math.Max(1, _model.Tail(stream) - _random.Next(20)); most > 0;)
            {
                var pending = Opened.Pending(stream, from, long.MaxValue, Math.Min(most, ReadAhead));
                if (pending.Count == 0) break;
                foreach (var segment in pending) Publish(segment, _random.Next(100));
                from = pending[^1].Sequence + 1;
                most -= pending.Count;
            }
            if (_random.Next(20) == 0 && _model.Tail(stream) is > 0 and var tail) Opened.SendAgain(stream, Math.Max(1, tail - _random.Next(10)), tail);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Everything that must be there is, byte for byte, and nothing else.</summary>
    /// <param name="when">For the report.</param>
    /// <param name="damage">True if segments may be missing as long as the store says so itself.</param>
    public void Verify(string when, bool damage = false)
    {
        SignAll(Opened);
        foreach (var stream in Streams.InOrderOfUrgency)
        {
            var pending = AllOf(from => Opened.Pending(stream, from, long.MaxValue, 50));
            foreach (var fault in _model.Judge(stream, pending))
                if (!damage || !fault.EndsWith("is not there", StringComparison.Ordinal)) Fault($"{when}: {fault}");
            foreach (var stored in AllOf(from => Opened.Stored(stream, from, long.MaxValue, 50)))
                if (_model.Altered(stored) is { } altered) Fault($"{when}: kept: {altered}");
        }
        if (!damage && Opened.Depth.Damaged > 0) Fault($"{when}: {Opened.Depth.Damaged} segments are said to be damaged");
    }

    /// <summary>As <see cref="Verify"/>, on a disk that may go while it is read.</summary>
    public void VerifyUnlessOff(string when)
    {
        var before = _faults.Count;
        Verify(when);
        if (Disk.IsOff) _faults.RemoveRange(before, _faults.Count - before);
    }

    /// <summary>Delivers everything, with the gap records that this brings up, and judges what the receiver has by the chain.</summary>
    public FaultOutcome Finish(bool mayLose = false)
    {
        if (_faults.Count == 0) Drain(mayLose);
        if (_faults.Count == 0) JudgeChain();
        return new FaultOutcome
        {
            Served = _appended,
            Delivered = _received.Select(line => ChainHash.Of(Envelope.PayloadOf(line))).Distinct().Count(),
            Lost = _model.Lines.Count(line => line.MustWait),
            Duplicated = 0,
            Forked = 0,
            Named = _model.Lines.Count(line => line.IsNamed) + _lostWithEpoch,
            Faults = _faults,
        };
    }

    /// <summary>Opens a copy of the disk as it may look after a power cut now, and holds it against what has been promised.</summary>
    public void VerifyImage(string when)
    {
        var disk = Disk.AfterPowerCut(_random);
        disk.Capacity = long.MaxValue; // what is there is asked, not whether it can go on
        using var image = LiteDbOutbox.Open(disk, Settings, _time);
        var isAway = _fickle.IsAway;
        SignAll(image);
        _fickle.IsAway = isAway;
        foreach (var stream in Streams.InOrderOfUrgency)
            foreach (var fault in _model.Judge(stream, AllOf(from => image.Pending(stream, from, long.MaxValue, 50)))) Fault($"{when}, after a power cut: {fault}");
    }

    public void Dispose()
    {
        Close();
        _signer.Dispose();
        _key.Dispose();
    }

    private LiteDbOutbox Opened => _outbox ?? throw new InvalidOperationException("the store is not open");

    private void Close()
    {
        _outbox?.Dispose();
        _outbox = null;
    }

    /// <summary>The first look at a store that was opened: an append that had not returned is there wholly or not at all.</summary>
    private void TakeUp(LiteDbOutbox outbox)
    {
        if (_epoch != 0 && outbox.Epoch != _epoch) BeginEpoch(outbox);
        _epoch = outbox.Epoch;
        if (_commit is { } commit)
        {
            var newest = commit.Segments.GroupBy(segment => segment.Stream).Select(same => (Stream: same.Key, same.Last().Sequence)).ToList();
            var survived = newest.Count(tail => outbox.Tail(tail.Stream).Sequence == tail.Sequence);
            if (survived == newest.Count) _model.Confirm(commit);
            else if (survived > 0) Fault($"of a commit over {newest.Count} streams {survived} are there");
            _commit = null;
        }
        foreach (var stream in Streams.InOrderOfUrgency)
        {
            var tail = outbox.Tail(stream);
            if (tail.Sequence != _model.Tail(stream)) Fault($"{stream} ends at {tail.Sequence}, expected {_model.Tail(stream)}");
            else if (tail.Sequence > 0 && tail.Hash != _model.At(stream, tail.Sequence)!.Segment.Hash) Fault($"{stream} {tail.Sequence} is remembered with another hash"); // the tail is there
            _tails[stream] = tail;
        }
    }

    private void BeginEpoch(LiteDbOutbox outbox)
    {
        if (outbox.Epoch < _epoch) Fault($"epoch {outbox.Epoch} after {_epoch}");
        if (outbox.TakeNews().Count == 0) Fault("a new epoch began and nobody is told why");
        EpochsLost++;
        _lostWithEpoch += _model.Lines.Count(line => line.MustWait || line.IsRefused);
        // What was received of it remains good, but whether it is whole can no longer be said.
        _received.Clear();
        (_model, _commit, _sealer) = (new StoreModel(), null, SealerOf(outbox.Epoch));
    }

    private SealedCommit Sealed(LiteDbOutbox outbox)
    {
        var commit = new SealedCommit([], [], [.. outbox.TakeDamage()]);
        foreach (var lost in commit.Damage) commit.Segments.Add(Gap(lost, "damaged"));
        for (var i = _random.Next(1, 6); i > 0; i--) commit.Segments.Add(Next(_random.Next(5) == 0 ? Streams.Events : Streams.Readings));
        return commit;
    }

    private Segment Next(string stream)
    {
        var bytes = _random.Next(10) == 0 ? _random.Next(20_000) : _random.Next(4000);
        var filler = new byte[bytes * 3 / 4];
        _random.NextBytes(filler);
        return Seal(stream, "event"u8, $",\"ev\":\"test\",\"filler\":\"{Convert.ToBase64String(filler)}\"", readings: 1);
    }

    private Segment Gap(Eviction lost, string cause) =>
        Seal(lost.Stream, "gap"u8, $",\"cause\":\"{cause}\",\"lo\":{lost.Low},\"hi\":{lost.High},\"hh\":\"{lost.Hash}\",\"n\":{lost.High - lost.Low + 1}", readings: 0);

    private Segment Seal(string stream, ReadOnlySpan<byte> kind, string body, int readings)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var segment = _sealer.Seal(stream, _tails[stream], kind, now, now, Encoding.ASCII.GetBytes(body), readings);
        _tails[stream] = new StreamTail(segment.Sequence, segment.Hash);
        return segment;
    }

    private void Publish(Segment segment, int luck)
    {
        if ((_model.Altered(segment) ?? (segment.IsSigned ? null : $"{segment.Stream} {segment.Sequence} was handed out without its signature")) is { } altered)
        {
            Fault(altered);
            return;
        }
        var line = _model.At(segment.Stream, segment.Sequence)!; // there, or it would be altered
        if (luck < 3) // refused for good; sent again only at the end
        {
            Opened.Quarantine(segment.Stream, segment.Sequence);
            line.IsRefused = true;
            return;
        }
        _received.Add(segment.Line);
        if (luck < 10) return; // it has arrived, but its acknowledgement has not
        Opened.Acknowledge(segment.Stream, segment.Sequence);
        // A refusal that a power cut took back is over with it.
        (line.IsDelivered, line.IsRefused) = (true, false);
    }

    private void Drain(bool mayLose)
    {
        for (var round = 0; round < MostTries; round++)
        {
            SignAll(Opened);
            foreach (var refused in _model.Lines.Where(line => line.IsRefused && !line.IsNamed))
            {
                Opened.SendAgain(refused.Segment.Stream, refused.Segment.Sequence, refused.Segment.Sequence);
                refused.IsRefused = false;
            }
            foreach (var stream in Streams.InOrderOfUrgency)
                foreach (var segment in AllOf(from => Opened.Pending(stream, from, long.MaxValue, ReadAhead))) Publish(segment, luck: 100);
            if (!mayLose && Opened.Depth.Damaged > 0) Fault($"{Opened.Depth.Damaged} segments are said to be damaged although the disk kept everything");
            // Twice at least: reading may have found damage, and its gap record is itself to be delivered.
            if (round > 0 && !_hasNamedDamage && !_model.Lines.Any(line => line.MustWait || line.IsRefused && !line.IsNamed)) return;
            if (!TryCommit()) Fault("a commit is refused although nothing is wrong any more");
            SignAll(Opened);
            if (_hasNamedDamage) continue;
            foreach (var stream in Streams.InOrderOfUrgency)
                foreach (var segment in AllOf(from => Opened.Pending(stream, from, long.MaxValue, ReadAhead))) Publish(segment, luck: 100);
        }
        foreach (var line in _model.Lines.Where(line => line.MustWait).Take(3)) Fault($"{line.Segment.Stream} {line.Segment.Sequence} is neither delivered nor named at the end");
        if (_faults.Count == 0) Fault("there is no end to the damage");
    }

    private void JudgeChain()
    {
        using var keys = new TrustedKeys();
        using var key = ECDsa.Create(_key.ExportParameters(includePrivateParameters: false));
        keys.Add(key);
        var verifier = new ChainVerifier(keys);
        foreach (var line in _received) verifier.Add(line);
        foreach (var fault in verifier.Finish().Faults.Take(3)) Fault($"the chain: {fault.Code} at {fault.Stream} {fault.Sequence}: {fault.Text}");
    }

    private List<Segment> AllOf(Func<long, IReadOnlyList<Segment>> read)
    {
        var all = new List<Segment>();
        for (var from = 1L; ;)
        {
            IReadOnlyList<Segment> some;
            try
            {
                some = read(from);
            }
            catch (IOException e)
            {
                Fault($"the store cannot be read although the disk can: {e.Message}");
                return all;
            }
            if (some.Count == 0) return all;
            all.AddRange(some);
            from = some[^1].Sequence + 1;
        }
    }

    private Sealer SealerOf(long epoch) => new(
        new GatewayIdentity { Site = "disk", Gateway = "gw-1", Epoch = epoch, Boot = "0123456789abcdef", ConfigHash = ChainHash.Zero.ToString(), Software = "test" }, _signer, _time);
}
