using EdgeGateway.Evidence;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>
/// D against R: every delivered value is one that was served (I5), every served value was delivered or a signed record or an error reading stands in
/// its place (I1), and what was served long enough before a crash was not lost to it (I6).
/// </summary>
internal sealed class ValueCheck
{
    private const int Good = 0;
    private const int OutOfRange = 10;
    private const int MostTold = 5;

    /// <summary>The longest a served answer may take to its seal, beside the linger.</summary>
    private static readonly TimeSpan SealWithin = TimeSpan.FromSeconds(2);

    private readonly List<string> _faults = [];
    private readonly LedgerCheck _check;
    private readonly NamedSpans _spans;
    private readonly RoundHistory _history;
    private long _toldLost;

    public ValueCheck(DeviceLedger devices, Reception reception, NamedSpans spans, RoundHistory history)
    {
        (_spans, _history) = (spans, history);
        _check = new LedgerCheck(devices.Served);
        var values = reception.Distinct.SelectMany(payload => DataRows.Enumerate(payload.Payload)).ToLookup(value => value.Signal);
        foreach (var (device, point) in devices.Signals)
        {
            var delivered = values[$"{device}.{point}"].OrderBy(value => value.UtcMs).ToList();
            foreach (var value in delivered) _check.Take(device, point, value.UtcMs, value.Token, (int)value.Quality);
            Account(device, point, new Queue<long>(delivered.Where(value => value.Quality is not (Good or OutOfRange)).Select(value => value.UtcMs)));
        }
        Served = devices.CountKept();
        Delivered = values.Sum(signal => signal.LongCount(value => value.Quality is Good or OutOfRange));
        foreach (var mismatch in _check.Mismatches.Take(MostTold)) _faults.Add($"I5: {mismatch}");
        if (_check.Mismatched > MostTold) _faults.Add($"I5: {_check.Mismatched} values are not as served");
        if (_toldLost > MostTold) _faults.Add($"I1: {_toldLost} values that were served are neither delivered nor named");
        if (devices.Served.Dropped > 0) _faults.Add($"harness: ledger D dropped its {devices.Served.Dropped} oldest entries, the round is too long for it");
    }

    public long Served { get; }

    public long Delivered { get; }

    public long Lost => _toldLost;

    /// <summary>Served values for which a signed record stands.</summary>
    public long Named { get; private set; }

    public IReadOnlyList<string> Faults => _faults;

    private void Account(string device, string point, Queue<long> errors)
    {
        foreach (var served in _check.Unclaimed(device, point))
        {
            if (_spans.Contain(served.UtcMs))
            {
                Named++;
                if (IsTooLongBeforeCrash(served.UtcMs) && !IsExcusedByReading(errors, served.UtcMs))
                    _faults.Add($"I6: {device}.{point}: {served.Expected}, served at {served.At}, was lost to a crash more than {(SealWithin + _history.Linger).TotalSeconds:0.0} s later");
            }
            else if (!IsExcusedByReading(errors, served.UtcMs) && _toldLost++ < MostTold)
            {
                _faults.Add($"I1: {device}.{point}: {served.Expected}, served at {served.At}, is neither delivered nor named");
            }
        }
    }

    private bool IsExcusedByReading(Queue<long> errors, long utcMs)
    {
        var most = (long)_history.ErrorsWithin.TotalMilliseconds;
        while (errors.TryPeek(out var at) && at < utcMs - most) errors.Dequeue();
        if (!errors.TryPeek(out var nearest) || nearest > utcMs + most) return false;
        errors.Dequeue();
        return true;
    }

    // The first crash after it is the one that took it; what lies after the last crash is missing for another reason.
    private bool IsTooLongBeforeCrash(long utcMs) => !_spans.HoldsLosses
        && _history.Crashes.Where(crash => crash.UtcMs >= utcMs).Select(crash => (long?)crash.UtcMs).Min() is { } crash
        && crash - utcMs > (SealWithin + _history.Linger).TotalMilliseconds;
}
