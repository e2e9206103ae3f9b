using EdgeGateway.Drivers;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Acquisition;

/// <summary>Log messages of acquisition, 100-199.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "line {Line} is up ({Endpoint})")]
    public static partial void LineUp(this ILogger log, string line, string endpoint);

    [LoggerMessage(101, LogLevel.Warning, "line {Line} is down: {Reason}; next attempt in {Seconds:0.0} s, further ones back off to {Longest:0} s")]
    public static partial void LineDown(this ILogger log, string line, string reason, double seconds, double longest);

    [LoggerMessage(102, LogLevel.Warning, "line {Line}: device {Device} does not answer; it is asked once per back-off (5 s to 2 min) until it does")]
    public static partial void DeviceSilent(this ILogger log, string line, string device);

    [LoggerMessage(104, LogLevel.Warning, "line {Line}: device {Device} refuses signal {Signal} ({Reason}): check its area and address in the device map. The other signals go on")]
    public static partial void SignalRefused(this ILogger log, string line, string device, SignalId signal, Quality reason);

    [LoggerMessage(105, LogLevel.Information, "line {Line}: device {Device} answers for signal {Signal} again")]
    public static partial void SignalAccepted(this ILogger log, string line, string device, SignalId signal);

    [LoggerMessage(103, LogLevel.Information, "line {Line}: device {Device} answers again")]
    public static partial void DeviceAnswers(this ILogger log, string line, string device);

    [LoggerMessage(106, LogLevel.Warning, "line {Line}: none of its {Devices} devices has answered {Polls} polls in a row: look at the cable, the converter, and the speed and format on both sides. Said once until one answers")]
    public static partial void LineSilent(this ILogger log, string line, int devices, int polls);

    [LoggerMessage(107, LogLevel.Information, "line {Line}: devices answer again")]
    public static partial void LineAnswers(this ILogger log, string line);

    [LoggerMessage(110, LogLevel.Warning, "line {Line} is down: {Reason}. It comes back by itself when that is mended")]
    public static partial void LineDownFor(this ILogger log, string line, string reason);

    [LoggerMessage(108, LogLevel.Warning, "line {Line}: {Notice}")]
    public static partial void DriverWarns(this ILogger log, string line, string notice);

    [LoggerMessage(109, LogLevel.Information, "line {Line}: {Notice}")]
    public static partial void DriverTells(this ILogger log, string line, string notice);
}
