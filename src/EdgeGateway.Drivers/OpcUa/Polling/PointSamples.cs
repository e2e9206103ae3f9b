using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>
/// Values as samples of points. A point that was a number stays one: if a text comes for it, that is no value but a change somebody made at the server. Used by one thread.
/// </summary>
internal sealed class PointSamples(LineNews news, StructureBook structures)
{
    private readonly Dictionary<OpcUaPoint, (bool IsText, BuiltInType Type)> _kinds = new(ReferenceEqualityComparer.Instance);

    public Sample Of(OpcUaPoint point, DataValue value)
    {
        var (inner, index, why) = (value.Value, point.Index, default(string));
        if (!point.Field.IsEmpty && !inner.IsNull) (inner, index) = (structures.Open(point, inner, out why), []);
        if (point.IsEvidence) return VariantSample.EvidenceOf(value with { Value = inner }, index);
        if (StatusQuality.Of(value.Status) is var quality && quality != Quality.Good) return Sample.None(quality);
        if (why is not null)
        {
            news.Unfit(point, why);
            return Sample.None(Quality.BadReply);
        }
        var sample = VariantSample.Of(inner, index, out why);
        why ??= WhyAnother(point, sample, inner.Type);
        if (why is null)
        {
            news.Fits(point);
            return sample;
        }
        news.Unfit(point, why);
        return sample.Quality == Quality.Good ? Sample.None(Quality.BadReply) : sample;
    }

    private string? WhyAnother(OpcUaPoint point, Sample sample, BuiltInType type)
    {
        if (sample.Value.Kind == SampleKind.None) return null;
        var isText = sample.Value.Kind == SampleKind.Text;
        if (!_kinds.TryGetValue(point, out var before)) _kinds.Add(point, before = (isText, type));
        return before.IsText == isText ? null
            : $"its type has changed from {before.Type} to {type} at the server. Change it back there, or, if it shall be so, correct the map and start the gateway anew";
    }
}
