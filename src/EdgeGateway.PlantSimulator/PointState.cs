using System.Globalization;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// The moving part of one place in a device's registers: its present raw value, and the way to the next. Owned by its device; not
/// thread-safe. The same seed gives the same values.
/// </summary>
internal sealed class PointState
{
    // How fast a wander returns to its set point, per answer, and the noise that keeps its deviation at one.
    private const double Return = 0.12;

    // Among so many answers of a point that has markers, one brings a marker instead of a value.
    private const int MarkerEvery = 7;

    private static readonly double Noise = Math.Sqrt(Return * (2 - Return));

    private readonly SimulatedPoint _point;
    private readonly Waveform _wave;
    private readonly ulong[] _markers;
    private readonly long[] _codes;
    private readonly decimal _low;
    private readonly decimal _high;
    private readonly double _perUnit;
    private readonly double _own;
    private Randomness _random;
    private decimal _counted;
    private double _deviation;
    private long _answers;

    public PointState(SimulatedPoint point, ulong seed)
    {
        _point = point;
        _wave = point.Waveform;
        _random = new Randomness(seed);
        (_low, _high) = Range(point);
        (_low, _high) = (point.RawLow ?? _low, point.RawHigh ?? _high);
        _markers = [.. point.Invalid.Select(marker => RegisterEncoding.MarkerOf(point, marker))];
        _codes = [.. _wave.Codes.Where(code => point.IsFloat || (code >= _low && code <= _high))];
        _perUnit = 1 / (double)point.Slope;
        _own = Math.Sqrt(1 - _wave.Coupling * _wave.Coupling);
        _deviation = _random.Gauss();
        _counted = _wave.Start;
    }

    /// <summary>The raw value: an integer (of an unsigned 64-bit one its bits), or the bits of a float.</summary>
    public long Bits { get; private set; }

    /// <summary>Of text: the raw value.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The bits that stand for no value and are sent instead of it this time; null for a value.</summary>
    public ulong? Marker { get; private set; }

    /// <summary>Moves to the value of the next answer.</summary>
    /// <param name="load">The load of the device in standard deviations.</param>
    /// <param name="utcMs">The device's clock, Unix milliseconds.</param>
    public void Advance(double load, long utcMs)
    {
        var isFirst = _answers == 0;
        if (_point.IsText) Text = NextText(load);
        else if (_point.IsTime) Bits = utcMs;
        else if (_wave.Kind == WaveformKind.Codes) Bits = NextCode();
        else if (_point.IsFloat) Bits = NextFloat(load, isFirst);
        else Bits = NextInteger(load, isFirst);
        _answers++;
        Marker = _markers.Length > 0 && _answers % MarkerEvery == 0 ? _markers[_answers / MarkerEvery % _markers.Length] : null;
    }

    private bool MustMove => _wave.Kind is WaveformKind.Wander or WaveformKind.Counter or WaveformKind.Ramp;

    private string NextText(double load)
    {
        var text = _wave.Kind == WaveformKind.Text
            ? _wave.Texts[(int)(_answers / _wave.Every % _wave.Texts.Length)]
            : NextReal(load).ToString("0.00", CultureInfo.InvariantCulture);
        while (RegisterEncoding.Characters(_point.Type, text).Length > _point.Length) text = text[..^1];
        return text;
    }

    private long NextCode()
    {
        var code = _codes.Length == 0 ? 0 : _codes[_answers / _wave.Every % _codes.Length];
        return _point.IsFloat ? RegisterEncoding.FloatBits(_point.Type, code) : code;
    }

    private long NextFloat(double load, bool isFirst)
    {
        var next = RegisterEncoding.FloatBits(_point.Type, RawOf(NextReal(load)));
        // Infinity is no value: a number that the width cannot hold stays at its end.
        if (!double.IsFinite(RegisterEncoding.FloatOf(_point.Type, next))) next--;
        return isFirst || !IsStuck(RegisterEncoding.FloatOf(_point.Type, next), RegisterEncoding.FloatOf(_point.Type, Bits)) ? next : Incremented(Bits);
    }

    private long Incremented(long bits) => _point.Type switch
    {
        PointType.Float16 => BitConverter.HalfToInt16Bits(Half.BitIncrement(BitConverter.Int16BitsToHalf((short)bits))),
        PointType.Float32 => BitConverter.SingleToInt32Bits(MathF.BitIncrement(BitConverter.Int32BitsToSingle((int)bits))),
        _ => BitConverter.DoubleToInt64Bits(Math.BitIncrement(BitConverter.Int64BitsToDouble(bits))),
    };

    // A binary32 counter may be too coarse for its own step.
    private bool IsStuck(double next, double last) =>
        _wave.Kind == WaveformKind.Counter && _point.Slope > 0 ? next <= last : MustMove && next == last;

    private long NextInteger(double load, bool isFirst)
    {
        if (_point.Type == PointType.Bool && _wave.Kind is not WaveformKind.Constant)
            return _answers / _wave.Every % 2;
        if (_wave.Kind == WaveformKind.Counter) return NextCount(isFirst);
        var raw = _wave.Kind == WaveformKind.Wander
            ? (decimal)Math.Clamp(Math.Round(RawOf(NextReal(load))), -9e15, 9e15)
            : decimal.Round((NextExact() - _point.Intercept) / _point.Slope);
        raw = Math.Clamp(raw, _low, _high);
        if (!isFirst && MustMove && raw == RawNumber(_point.Type, Bits)) raw += raw < _high ? 1 : -1;
        return ToBits(raw);
    }

    // Counted in raw units: small steps add up, and each answer shows at least one more than the last.
    private long NextCount(bool isFirst)
    {
        var start = Math.Max(0m, decimal.Round((_wave.Start - _point.Intercept) / _point.Slope));
        var span = _high + 1;
        if (isFirst) return ToBits(start % span);
        var step = Math.Max(1m, decimal.Round(Math.Abs(_wave.Step / _point.Slope) * (decimal)(0.5 + _random.Unit())));
        return ToBits((RawNumber(_point.Type, Bits) + step) % span);
    }

    private double NextReal(double load)
    {
        if (_wave.Kind == WaveformKind.Wander)
        {
            _deviation += Noise * _random.Gauss() - Return * _deviation;
            return Math.Clamp(_wave.Mean + _wave.Spread * (_own * _deviation + _wave.Coupling * load), _wave.Min, _wave.Max);
        }
        if (_wave.Kind == WaveformKind.Counter)
        {
            var now = _counted;
            _counted += _wave.Step * (decimal)(0.5 + _random.Unit());
            return (double)now;
        }
        return (double)NextExact();
    }

    private decimal NextExact() => _wave.Kind switch
    {
        WaveformKind.Toggle => _answers / _wave.Every % 2,
        WaveformKind.Ramp => _wave.Start + _answers % ((long)((_wave.Stop - _wave.Start) / _wave.Step) + 1) * _wave.Step,
        _ => _wave.Start,
    };

    private double RawOf(double engineering)
    {
        // An unscaled float is served as it is: dividing by one and adding zero must not touch its bits.
        return _point.Slope == 1m && _point.Intercept == 0m ? engineering : (engineering - (double)_point.Intercept) * _perUnit;
    }

    private long ToBits(decimal raw) => _point.Type == PointType.UInt64 ? unchecked((long)(ulong)raw) : (long)raw;

    /// <summary>The integer behind <paramref name="bits"/>.</summary>
    public static decimal RawNumber(PointType type, long bits) => type == PointType.UInt64 ? unchecked((ulong)bits) : bits;

    private static (decimal Low, decimal High) Range(SimulatedPoint point) => point.FieldBits > 0 ? (0, (1L << point.FieldBits) - 1) : point.Type switch
    {
        PointType.Bool => (0, 1),
        PointType.Int8High or PointType.Int8Low => (sbyte.MinValue, sbyte.MaxValue),
        PointType.UInt8High or PointType.UInt8Low => (0, byte.MaxValue),
        PointType.Int16 => (short.MinValue, short.MaxValue),
        PointType.UInt16 => (0, ushort.MaxValue),
        PointType.SignMagnitude16 => (-0x7FFF, 0x7FFF),
        PointType.Int32 => (int.MinValue, int.MaxValue),
        PointType.UInt32 => (0, uint.MaxValue),
        PointType.Int64 => (long.MinValue, long.MaxValue),
        PointType.UInt64 => (0, ulong.MaxValue),
        PointType.Bcd16 => (0, 9_999),
        PointType.Bcd32 => (0, 99_999_999),
        PointType.Bcd64 => (0, 9_999_999_999_999_999),
        PointType.Mod10K32 => (-99_999_999, 99_999_999),
        PointType.Mod10K48 => (-999_999_999_999, 999_999_999_999),
        PointType.Mod10K64 => (-9_999_999_999_999_999, 9_999_999_999_999_999),
        _ => (0, 0),
    };
}
