using System.Globalization;
using System.Runtime.CompilerServices;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// Looks for units by asking each for holding register 0, one register: the question that every device understands and none is harmed by. Whoever
/// refuses is there too; only a gateway's word that nobody answered it (0A, 0B) is none.
/// </summary>
internal sealed class ModbusScan(ModbusExchange exchange, bool isSerial, TimeProvider time) : IBusScan
{
    /// <summary>Serial Line V1.02, 2.2: the addresses of single slaves.</summary>
    private const int LastUnit = 247;

    private static readonly ReadRequest Question = new(0, 1, ModbusArea.Holding, 0, 1);

    /// <inheritdoc/>
    public async IAsyncEnumerable<FoundDevice> ScanAsync(Stream link, ScanBounds bounds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var first = UnitOf(bounds.First, 1);
        var last = UnitOf(bounds.Last, LastUnit);
        exchange.Attach(link);
        for (var unit = first; unit <= last && unit - first < bounds.MaxQuestions; unit++)
        {
            var device = new ModbusDevice { Unit = (byte)unit, Timeout = bounds.Patience, Quiet = isSerial ? TimeSpan.FromMilliseconds(5) : TimeSpan.Zero };
            var answer = await exchange.AskAsync(device, Question, cancellationToken).ConfigureAwait(false);
            if (Meaning(answer) is { } meaning)
                yield return new FoundDevice(unit.ToString(CultureInfo.InvariantCulture), time.GetElapsedTime(answer.AskedAt, answer.AnsweredAt), meaning);
        }
    }

    /// <inheritdoc/>
    public string? Refuse(ScanBounds bounds)
    {
        foreach (var text in new[] { bounds.First, bounds.Last })
            if (text is not null && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var unit) && unit is >= 0 and <= 255))
                return $"unit {text}: expected a whole number from {(isSerial ? 1 : 0)} to 255";
        return UnitOf(bounds.First, 1) < (isSerial ? 1 : 0) ? "unit 0 is everybody on a serial line, and nobody answers for it: expected 1 to 255"
            : UnitOf(bounds.First, 1) > UnitOf(bounds.Last, LastUnit) ? "the first unit is above the last" : null;
    }

    private static int UnitOf(string? text, int absent) => text is null ? absent : int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private string? Meaning(Answer answer) => answer.Kind switch
    {
        AnswerKind.Data => $"holding register 0 is 0x{Convert.ToHexString(exchange.Data)}",
        AnswerKind.Refused when ReadPdu.Meaning(answer.Exception) == Quality.GatewayPath => null,
        AnswerKind.Refused => $"refuses holding register 0 (exception {answer.Exception:X2}): there, and its registers are elsewhere",
        AnswerKind.Bad => "something answers, but not as it should: two devices with this unit, or wrong speed or parity",
        _ => null,
    };
}
