using EdgeGateway.Drivers;

namespace EdgeGateway.Commands.Probe;

/// <summary>Qualities in the words of somebody who stands beside the device.</summary>
internal static class QualityText
{
    public static string Of(Quality quality) => quality switch
    {
        Quality.Good => "good",
        Quality.NotConnected => "not connected: the line went down while it was asked",
        Quality.Timeout => "timeout: no answer in the device's time; check unit, wiring, speed and parity, or give it a longer timeout",
        Quality.BadReply => "bad reply: something came that does not answer the question; check unit and framing, and look at it with --frames",
        Quality.IllegalFunction => "illegal function: the device does not read this kind of place; try the other area",
        Quality.IllegalAddress => "illegal address: the device has no such place; is the address counted from 0?",
        Quality.DeviceFailure => "device failure: the device says that it failed",
        Quality.DeviceBusy => "device busy: the device says to come again later",
        Quality.GatewayPath => "gateway path: a gateway on the way says that it cannot reach the device",
        Quality.NotANumber => "not a number: NaN, a marker of the map, or bits that make no value of this type",
        Quality.OutOfRange => "out of range: the value is kept",
        Quality.NotRepresentable => "not representable: too large a number for the wire",
        _ => "not asked",
    };
}
