using System.Globalization;
using System.Text.Json;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// Holds delivered values against the ledger: each must be exactly a value that was served at its time, in the order served, and each
/// served value counts once. Hand values in per point in the order of their times. Not thread-safe.
/// </summary>
/// <param name="ledger">What was served.</param>
/// <param name="tolerance">How far the delivered time may be from the serving, either way; 2 s if null.</param>
internal sealed class LedgerCheck(ServedLedger ledger, TimeSpan? tolerance = null)
{
    /// <summary>The most mismatches kept in <see cref="Mismatches"/>; the rest is counted.</summary>
    public const int MaxMismatches = 1000;

    private const int Good = 0;

    /// <summary>Two times that were cut to milliseconds may lie this much nearer than they were.</summary>
    private const long ClockGrainMs = 2;

    private const int NotANumber = 9;
    private const int OutOfRange = 10;
    private const int NotRepresentable = 13;
    private readonly long _toleranceMs = (long)(tolerance ?? TimeSpan.FromSeconds(2)).TotalMilliseconds;
    private readonly Dictionary<(string Device, string Point), long> _next = [];
    private readonly Dictionary<(string Device, string Point), List<(long Low, long Beyond)>> _passed = [];

    // Entries too old for any slot without a number that is still to come.
    private readonly Dictionary<(string Device, string Point), long> _past = [];
    private readonly List<LedgerMismatch> _mismatches = [];

    /// <summary>The first mismatches, in the order found.</summary>
    public IReadOnlyList<LedgerMismatch> Mismatches => _mismatches;

    /// <summary>All mismatches.</summary>
    public long Mismatched { get; private set; }

    /// <summary>Delivered values found in the ledger.</summary>
    public long Matched { get; private set; }

    /// <summary>Delivered slots that rightly carry no value.</summary>
    public long WithoutValue { get; private set; }

    /// <summary>Checks one delivered value; null if it is right.</summary>
    /// <param name="device">Name of the device.</param>
    /// <param name="point">Name of the point within it.</param>
    /// <param name="utcMs">Time of the value as delivered, Unix milliseconds.</param>
    /// <param name="token">The value's JSON token as it stands in the payload: a number, a string with its quotes, or <c>null</c>.</param>
    /// <param name="quality">Quality code as delivered (docs/wire.md).</param>
    public LedgerMismatch? Take(string device, string point, long utcMs, string token, int quality)
    {
        var why = quality is Good or OutOfRange ? ledger.Look(device, point, track => Explain(track, device, point, utcMs, token))
            : token != "null" ? $"quality {quality} comes with a value, expected null"
            : quality is NotANumber or NotRepresentable ? ledger.Look(device, point, track => ExplainNone(track, device, point, utcMs))
            : null;
        if (why is null)
        {
            if (quality is Good or OutOfRange) Matched++;
            else WithoutValue++;
            return null;
        }
        var mismatch = new LedgerMismatch(device, point, utcMs, token, quality, why);
        Mismatched++;
        if (_mismatches.Count < MaxMismatches) _mismatches.Add(mismatch);
        return mismatch;
    }

    /// <summary>
    /// What was served of a point and is not among the delivered values taken so far, oldest first; answers that must be refused are left out, and
    /// so is what the ledger has dropped.
    /// </summary>
    public IReadOnlyList<ServedValue> Unclaimed(string device, string point) => ledger.Look(device, point, track =>
    {
        var unclaimed = new List<ServedValue>();
        if (track is null) return unclaimed;
        foreach (var (low, beyond) in _passed.GetValueOrDefault((device, point), []).Append((_next.GetValueOrDefault((device, point)), track.End)))
            for (var number = Math.Max(low, track.First); number < beyond; number++)
                if (!track[number].MustBeRefused && track[number].Kind != ServedKind.None) unclaimed.Add(track[number]);
        return unclaimed;
    });

    /// <summary>That a device sent no number is true only if it did: a marker, a code without a state, or an answer that must be refused.</summary>
    private string? ExplainNone(ServedTrack? track, string device, string point, long utcMs)
    {
        if (track is null) return "the plant has no such point";
        var first = Math.Max(_past.GetValueOrDefault((device, point)), track.First);
        while (first < track.End && track.UtcMsOf(first) < utcMs - _toleranceMs) first++;
        _past[(device, point)] = first;
        for (var number = first; number < track.End && track.UtcMsOf(number) <= utcMs + _toleranceMs; number++)
            if (track[number] is { } served && (served.Kind == ServedKind.None || served.MustBeRefused)) return null;
        return "no number, but the plant served numbers" + Drops();
    }

    private string? Explain(ServedTrack? track, string device, string point, long utcMs, string token)
    {
        if (track is null) return "the plant has no such point";
        if (token == "null") return "no value, but the quality promises one";
        var first = Math.Max(_next.GetValueOrDefault((device, point)), track.First);
        var next = first;
        while (next < track.End && track.UtcMsOf(next) < utcMs - _toleranceMs) next++;
        Pass(device, point, first, next);
        string? refused = null;
        long? nearest = null;
        for (var number = next; number < track.End && track.UtcMsOf(number) <= utcMs + _toleranceMs; number++)
        {
            var served = track[number];
            if (nearest is { } before && served.UtcMs > utcMs && Distance(served, utcMs) >= Distance(track[before], utcMs)) break;
            if (!IsEqual(served, token)) continue;
            if (served.MustBeRefused) refused ??= $"served at {served.At}, but only in an answer that must be refused ({served.Fault})";
            // A value that does not move is served again and again: the one nearest in time is meant, or a lost one would be covered up by its neighbour.
            else if (nearest is not { } other || Distance(served, utcMs) + ClockGrainMs < Distance(track[other], utcMs)) nearest = number;
        }
        // Nearer than what is left is the one that was taken last: then that one was meant here, and its neighbour before it there.
        var last = first - 1;
        if (last >= track.First && IsEqual(track[last], token) && Distance(track[last], utcMs) <= _toleranceMs
            && (nearest is not { } ahead || Distance(track[last], utcMs) < Distance(track[ahead], utcMs)) && ClaimPassed(track, device, point, utcMs, token)) return null;
        if (nearest is { } found)
        {
            Pass(device, point, next, found);
            _next[(device, point)] = track.IsHeld ? found : found + 1;
            return null;
        }
        return refused ?? Elsewhere(track, utcMs, token, next);
    }

    /// <summary>
    /// Two equal values served shortly after each other are told apart by their times alone, and those are known to some milliseconds: if the later was taken for
    /// the earlier, the earlier is still there to be claimed.
    /// </summary>
    private bool ClaimPassed(ServedTrack track, string device, string point, long utcMs, string token)
    {
        if (!_passed.TryGetValue((device, point), out var passed)) return false;
        for (var i = passed.Count - 1; i >= 0 && passed[i].Beyond > track.First && track.UtcMsOf(passed[i].Beyond - 1) >= utcMs - _toleranceMs; i--)
        {
            var (low, beyond) = passed[i];
            for (var number = beyond - 1; number >= Math.Max(low, track.First); number--)
            {
                var served = track[number];
                if (served.MustBeRefused || Distance(served, utcMs) > _toleranceMs || !IsEqual(served, token)) continue;
                passed.RemoveAt(i);
                if (number + 1 < beyond) passed.Insert(i, (number + 1, beyond));
                if (low < number) passed.Insert(i, (low, number));
                return true;
            }
        }
        return false;
    }

    // Entries that no later value can claim any more.
    private void Pass(string device, string point, long low, long beyond)
    {
        _next[(device, point)] = beyond;
        if (low == beyond) return;
        if (!_passed.TryGetValue((device, point), out var passed)) _passed.Add((device, point), passed = []);
        passed.Add((low, beyond));
    }

    // Only mismatches come here, so looking through everything is affordable; 'next' is the first entry not consumed.
    private string Elsewhere(ServedTrack track, long utcMs, string token, long next)
    {
        ServedValue? nearest = null;
        ServedValue? same = null;
        var isConsumed = false;
        for (var number = track.First; number < track.End; number++)
        {
            var served = track[number];
            if (nearest is null || Distance(served, utcMs) < Distance(nearest.Value, utcMs)) nearest = served;
            if (!IsEqual(served, token) || (same is not null && Distance(served, utcMs) >= Distance(same.Value, utcMs))) continue;
            same = served;
            isConsumed = number < next;
        }
        if (nearest is null) return "the plant served nothing of this point" + Drops();
        if (same is null)
        {
            return $"never served{Drops()}; nearest in time is {nearest.Value.Expected} (raw {nearest.Value.Raw}) at {nearest.Value.At}, "
                + Away(nearest.Value, utcMs);
        }
        return isConsumed && Distance(same.Value, utcMs) <= _toleranceMs
            ? $"served once, at {same.Value.At}, and already delivered (or delivered out of order)"
            : $"served at {same.Value.At}, {Away(same.Value, utcMs)}, tolerance {_toleranceMs} ms";
    }

    private string Drops() => ledger.Dropped is var dropped and > 0 ? $" (the ledger dropped its {dropped} oldest entries)" : "";

    private static long Distance(ServedValue served, long utcMs) => Math.Abs(served.UtcMs - utcMs);

    private static string Away(ServedValue served, long utcMs) =>
        served.UtcMs <= utcMs ? $"{utcMs - served.UtcMs} ms before" : $"{served.UtcMs - utcMs} ms after";

    private static bool IsEqual(ServedValue served, string token)
    {
        const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        var invariant = CultureInfo.InvariantCulture;
        return served.Kind switch
        {
            ServedKind.Exact => decimal.TryParse(token, Number, invariant, out var exact) && exact == served.Exact,
            ServedKind.Binary32 => float.TryParse(token, Number, invariant, out var single)
                && BitConverter.SingleToInt32Bits(single) == BitConverter.SingleToInt32Bits((float)served.Binary),
            ServedKind.Binary64 => double.TryParse(token, Number, invariant, out var real)
                && (served.Slack > 0 ? Math.Abs(real - served.Binary) <= served.Slack : BitConverter.DoubleToInt64Bits(real) == BitConverter.DoubleToInt64Bits(served.Binary)),
            ServedKind.None => false,
            _ => IsEqualText(served.Text ?? "", token),
        };
    }

    private static bool IsEqualText(string text, string token)
    {
        try
        {
            return token.StartsWith('"') && JsonSerializer.Deserialize<string>(token) == text;
        }
        catch (JsonException)
        {
            // Not a JSON string: not equal to any text, and the mismatch shows the token.
            return false;
        }
    }
}
