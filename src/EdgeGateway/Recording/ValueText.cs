using EdgeGateway.Drivers;
using EdgeGateway.Evidence;

namespace EdgeGateway.Recording;

/// <summary>A value as it stands in sealed payloads: the device's digits, or <c>null</c>.</summary>
internal static class ValueText
{
    public static void Write(Utf8Buffer to, in SampleValue value)
    {
        switch (value.Kind)
        {
            case SampleKind.Exact:
                to.Decimal(value.Mantissa, value.Exponent);
                break;
            case SampleKind.Binary32:
                to.Float(value.AsBinary32);
                break;
            case SampleKind.Binary64:
                to.Float(value.AsBinary64);
                break;
            case SampleKind.Text:
                to.Quoted(value.AsText!); // a Text always carries its text
                break;
            default:
                to.Raw("null"u8);
                break;
        }
    }
}
