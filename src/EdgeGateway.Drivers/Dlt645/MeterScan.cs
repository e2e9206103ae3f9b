using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using EdgeGateway.Drivers.Framing;

namespace EdgeGateway.Drivers.Dlt645;

/// <summary>
/// Looks for meters. With bounds, every address between them is asked. Without, whoever is there is asked for its address; where several talk over each other, for
/// their energy by the last digits of their addresses, two digits more wherever that still wakes more than one. Only reads.
/// </summary>
internal sealed class MeterScan(TimeProvider time) : IBusScan
{
    /// <summary>Every meter has its energy, of either edition.</summary>
    private static readonly DataItem[] Questions = [Known(Edition.Of2007), Known(Edition.Of1997)];

    /// <summary>Characters on the wire of one question and its reply, as many FE ahead of each as the question has.</summary>
    public static int CharactersOfQuestionAndReply { get; } =
        Questions.Max(item => 2 * (MeterDevice.UsualPreamble + Dlt645Frame.EmptyBytes + item.IdentifierBytes) + item.Bytes);

    private readonly MeterExchange _exchange = new(time);
    private readonly HashSet<MeterAddress> _found = [];
    private int _questionsLeft;

    /// <summary>What is wrong with the bounds; null for nothing.</summary>
    public string? Refuse(ScanBounds bounds)
    {
        foreach (var text in new[] { bounds.First, bounds.Last })
            if (text is not null && !(MeterAddress.TryParse(text, out var address) && address.UnknownBytes == 0)) return $"address {text}: expected 12 digits as on the meter's plate";
        if (bounds.First is null != bounds.Last is null) return "one address alone: expected a first and a last one, or neither";
        return string.CompareOrdinal(bounds.First, bounds.Last) > 0 ? "the first address is above the last" : null;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<FoundDevice> ScanAsync(Stream link, ScanBounds bounds, CancellationToken cancellationToken)
    {
        if (Refuse(bounds) is { } fault) throw new ArgumentException(fault, nameof(bounds));
        _exchange.Attach(link);
        _questionsLeft = bounds.MaxQuestions;
        _found.Clear();
        return bounds is { First: { } first, Last: { } last } ? RangeAsync(first, last, bounds, cancellationToken) : SearchAsync(bounds, cancellationToken);
    }

    private async IAsyncEnumerable<FoundDevice> RangeAsync(string first, string last, ScanBounds bounds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var end = long.Parse(last, NumberStyles.None, CultureInfo.InvariantCulture);
        for (var number = long.Parse(first, NumberStyles.None, CultureInfo.InvariantCulture); number <= end && _questionsLeft > 0; number++)
            if (await AskAsync(MeterAddress.OfNumber(number), bounds, cancellationToken).ConfigureAwait(false) is { Device: { } device }) yield return device;
    }

    private async IAsyncEnumerable<FoundDevice> SearchAsync(ScanBounds bounds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isCrowded = false;
        if (_questionsLeft-- > 0)
        {
            var reply = await _exchange.AskAddressAsync(DeviceAt(MeterAddress.Wildcard, bounds), cancellationToken).ConfigureAwait(false);
            isCrowded = reply.Kind == ReplyKind.Bad || _exchange.HeardNoise;
            if (reply.Kind == ReplyKind.Data && !isCrowded
                && await AskAsync(_exchange.Speaker, bounds, cancellationToken).ConfigureAwait(false) is { Device: { } only }) yield return only;
        }
        // The only meter has said who it is. Silence may be that of a meter that knows no such question.
        if (_found.Count > 0 && !isCrowded) yield break;
        var waiting = new Queue<MeterAddress>([MeterAddress.Wildcard]);
        while (waiting.TryDequeue(out var prefix) && _questionsLeft > 0)
        {
            var (device, isSpoilt) = await AskAsync(prefix, bounds, cancellationToken).ConfigureAwait(false);
            // A reply to an incomplete address proves little: who has given it must answer to its own.
            if (device is { } one && prefix.UnknownBytes > 0)
                (device, isSpoilt) = MeterAddress.TryParse(one.Address, out var own) ? await AskAsync(own, bounds, cancellationToken).ConfigureAwait(false) : (null, true);
            if (device is { } found) yield return found;
            if (!isSpoilt || prefix.UnknownBytes == 0) continue;
            for (var pair = 0; pair < 100; pair++) waiting.Enqueue(prefix.With(pair));
        }
    }

    /// <summary>Asks in both editions; a meter is named once.</summary>
    private async ValueTask<(FoundDevice? Device, bool IsSpoilt)> AskAsync(MeterAddress address, ScanBounds bounds, CancellationToken cancellationToken)
    {
        // A late reply carries its own address: it cannot be taken for that of the next one, and nothing need be kept of this one.
        _exchange.Forget(address);
        foreach (var question in Questions)
        {
            if (_questionsLeft-- <= 0) return default;
            var reply = await _exchange.AskAsync(DeviceAt(address, bounds), question, bounds.Patience, cancellationToken).ConfigureAwait(false);
            var isAnswer = reply.Kind is ReplyKind.Data or ReplyKind.Refused;
            // Noise beside the reply to an incomplete address may be that of another meter.
            if (reply.Kind == ReplyKind.Bad || (_exchange.HeardNoise && !(isAnswer && address.UnknownBytes == 0))) return (null, true);
            if (!isAnswer) continue;
            var speaker = _exchange.Speaker;
            if (address.UnknownBytes == 0 && !_found.Add(speaker)) return default;
            return (new FoundDevice(speaker.ToString(), time.GetElapsedTime(reply.AskedAt, reply.AnsweredAt), Words(question, reply)), false);
        }
        _exchange.Forget(address);
        return default;
    }

    private string Words(DataItem question, Reply reply)
    {
        var edition = question.Edition == Edition.Of2007 ? "DL/T 645-2007" : "DL/T 645-1997";
        if (reply.Kind == ReplyKind.Refused) return string.Create(CultureInfo.InvariantCulture, $"{edition}, refuses {question.IdentifierText} (error word {reply.Error:X2})");
        var value = question.Fits(_exchange.Data.Length) ? question.Parts[0].Number(_exchange.Data) : Sample.None(Quality.BadReply);
        return value.Quality == Quality.Good
            ? string.Create(CultureInfo.InvariantCulture, $"{edition}, {question.NameEn} {value.Value.Mantissa / 100m:0.00} {question.Unit}")
            : string.Create(CultureInfo.InvariantCulture, $"{edition}, {question.IdentifierText} is 0x{Convert.ToHexString(_exchange.Data)}");
    }

    private static MeterDevice DeviceAt(MeterAddress address, ScanBounds bounds)
    {
        var device = new MeterDevice { Address = address, Timeout = bounds.Patience };
        // Meters with different delays do not talk over each other: the first reply to an incomplete address is believed when nobody else has had one in all that time.
        return address.UnknownBytes == 0 ? device : new MeterDevice { Address = address, Timeout = bounds.Patience, Quiet = bounds.Patience };
    }

    private static DataItem Known(Edition edition) =>
        ItemTable.Find(edition, "forward-active") ?? throw new InvalidOperationException("the table of items has no forward-active");
}
