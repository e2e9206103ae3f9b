using System.Collections.Immutable;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// How one group is asked, and what the device has taught about it: which points it refuses, and between which points it cannot be read
/// through. Forgotten with the stream, because a device that comes back may be another one, or set up otherwise.
/// </summary>
internal sealed class GroupKnowledge
{
    private readonly bool[] _cutBefore;
    private readonly WordOrder[] _orders;
    private readonly TextCell?[] _texts;
    private readonly ImmutableArray<DevicePoint> _points;
    private readonly LeftOut _leftOut;
    private ImmutableArray<ReadRequest> _plan;
    private ReadRequest? _cheapest;
    private int _attachment;
    private bool _isStale;
    private long? _oneByOneUntil;

    public GroupKnowledge(PollGroup group, int attachment)
    {
        _points = group.Points;
        _leftOut = new LeftOut(_points.Length);
        Device = (ModbusDevice)group.Device;
        _attachment = attachment;
        _cutBefore = new bool[_points.Length];
        _orders = new WordOrder[_points.Length];
        _texts = new TextCell?[_points.Length];
        for (var i = 0; i < _points.Length; i++)
        {
            var point = (ModbusPoint)_points[i];
            _orders[i] = point.OrderOn(Device);
            if (point.IsText) _texts[i] = new TextCell(point.Type, point.Length, _orders[i]);
        }
        _plan = ReadPlan.Make(_points, Device);
    }

    /// <summary>How the device is addressed.</summary>
    public ModbusDevice Device { get; }

    /// <summary>The questions of this poll.</summary>
    /// <param name="attachment">The number of the present stream.</param>
    public ImmutableArray<ReadRequest> PlanFor(int attachment)
    {
        if (_attachment != attachment) Forget();
        _attachment = attachment;
        if (_isStale)
        {
            _leftOut.Plan();
            _plan = ReadPlan.Make(_points, Device, _leftOut.Planned, _cutBefore);
            _isStale = false;
        }
        return _plan;
    }

    /// <summary>The smallest question that the device has answered; before it has, the smallest of the plan; and if that is empty, any place.</summary>
    public ReadRequest Cheapest()
    {
        if (_cheapest is { } known) return known;
        if (_plan.IsEmpty) return ReadPlan.Place(_points, 0, _points.Length);
        return _plan.MinBy(request => request.DataBytes);
    }

    /// <summary>Gives every point that the present plan leaves out one quality, but those of <paramref name="retried"/>, which have theirs already.</summary>
    public void FillLeftOut(ISampleSink sink, ReadRequest? retried, long now, Quality quality) =>
        _leftOut.Fill(sink, retried?.First ?? -1, retried?.Count ?? 0, now, quality);

    /// <summary>The place that was refused longest ago, before <paramref name="latest"/>; null if there is none.</summary>
    public ReadRequest? OldestRefused(long latest) =>
        _leftOut.Oldest(latest) is { } oldest ? ReadPlan.Place(_points, oldest, _leftOut.EndOfRun(oldest)) : null;

    /// <summary>Where a refused question falls into halves; null if it is one place.</summary>
    public int? Middle(ReadRequest request) => ReadPlan.Middle(_points, request);

    /// <summary>A question for some of the points of another.</summary>
    public ReadRequest Cover(int first, int count) => ReadPlan.Cover(_points, first, count);

    /// <summary>The device has no such place: leave it out from the next poll on.</summary>
    public void Refuse(ReadRequest place, long at)
    {
        _leftOut.Refuse(place.First, place.Count, at);
        _isStale = true;
    }

    /// <summary>A place that was left out has been tried again in vain.</summary>
    public void StillRefused(ReadRequest place, long at) => _leftOut.StillRefused(place.First, place.Count, at);

    /// <summary>The device bears both sides of this point, but not one question for both.</summary>
    public void Cut(int before)
    {
        _cutBefore[before] = true;
        _isStale = true;
    }

    /// <summary>Everything learned is out of date: from the next poll on, ask for everything and learn anew.</summary>
    public void Forget()
    {
        _leftOut.Forget();
        Array.Clear(_cutBefore);
        _cheapest = null;
        _isStale = true;
    }

    /// <summary>How many questions may be out at once.</summary>
    public int WindowAt(long now) => now < _oneByOneUntil ? 1 : Device.Window;

    /// <summary>The device has not borne several questions at once. Kept across streams: it may be the end of one that says so.</summary>
    public void AskOneByOne(long until) => _oneByOneUntil = until;

    /// <summary>Turns the data of an answer into the samples of its points.</summary>
    public void Decode(ReadRequest request, ReadOnlySpan<byte> data, Span<Sample> samples)
    {
        if (_cheapest is not { } cheapest || request.DataBytes < cheapest.DataBytes) _cheapest = request;
        for (var i = 0; i < request.Count; i++)
        {
            var index = request.First + i;
            var point = (ModbusPoint)_points[index];
            var offset = point.Address - request.Address;
            if (point.IsBitArea)
            {
                samples[i] = RegisterCodec.Coil(data, offset);
                continue;
            }
            var registers = data.Slice(offset * 2, point.Size * 2);
            if (_texts[index] is { } text) samples[i] = text.Read(registers);
            else if (point.Type == RegisterType.Bool) samples[i] = RegisterCodec.Bit(registers, point.Bit);
            else samples[i] = RegisterCodec.Number(point, _orders[index], registers);
        }
    }
}
