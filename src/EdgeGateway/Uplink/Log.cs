using Microsoft.Extensions.Logging;

namespace EdgeGateway.Uplink;

/// <summary>Log messages of the uplink, 500-599.</summary>
internal static partial class Log
{
    [LoggerMessage(500, LogLevel.Information, "connected to {Broker}; {Undelivered} segments wait")]
    public static partial void Connected(this ILogger log, Uri broker, long undelivered);

    [LoggerMessage(501, LogLevel.Warning, "uplink: {Reason}. Data is kept and sent later; attempts go on")]
    public static partial void Lost(this ILogger log, string reason);

    [LoggerMessage(502, LogLevel.Warning, "the broker takes messages but nobody is subscribed to them: no delivery. Is the platform's receiver running? Trying again once in a while")]
    public static partial void NobodyListens(this ILogger log);

    [LoggerMessage(503, LogLevel.Error, "the broker does not allow stream {Stream} (not authorised or topic refused): check the gateway's account and broker.root. Next attempt in {Minutes:0} min")]
    public static partial void Forbidden(this ILogger log, string stream, double minutes);

    [LoggerMessage(504, LogLevel.Error, "the broker refuses {Stream} {Sequence} for good: kept in quarantine, the stream goes on")]
    public static partial void Quarantined(this ILogger log, string stream, long sequence);

    [LoggerMessage(505, LogLevel.Error, "{Stream} {Sequence} has {Bytes} bytes, the broker takes {Most}: kept in quarantine. Raise the broker's packet limit to 70000 or more")]
    public static partial void TooLargeForBroker(this ILogger log, string stream, long sequence, int bytes, long most);

    [LoggerMessage(506, LogLevel.Warning, "the broker has too much at once: slowing down to a window of {Window} and a backlog of {PerSecond:0} segments a second; more again when it goes well")]
    public static partial void Slower(this ILogger log, int window, double perSecond);

    [LoggerMessage(509, LogLevel.Warning, "the broker refuses {Segment} without a reason; the same bytes again in {Seconds:0.#} s")]
    public static partial void Unwell(this ILogger log, SegmentName segment, double seconds);

    [LoggerMessage(510, LogLevel.Error, "the broker refused {Segment} {Times} times and took others in between: kept in quarantine, the stream goes on")]
    public static partial void RefusedTooOften(this ILogger log, SegmentName segment, int times);

    [LoggerMessage(511, LogLevel.Error, "{Segment} was alone under way {Times} times, and each time the broker ended the connection: kept in quarantine, the stream goes on. Compare its length with the broker's packet limit")]
    public static partial void CostTheConnection(this ILogger log, SegmentName segment, int times);

    [LoggerMessage(512, LogLevel.Error, "uplink: {Reason}. Next attempt at this broker in about {Minutes:0} min; other configured brokers are tried meanwhile. Data is kept and sent later")]
    public static partial void MustBeMended(this ILogger log, string reason, double minutes);

    [LoggerMessage(513, LogLevel.Warning, "{Broker} is spoken to in MQTT 3.1.1, as broker.mqtt asks: it cannot say that nobody listens or that it refuses something, so an acknowledgement proves less. Use MQTT 5 where the broker can")]
    public static partial void OldProtocol(this ILogger log, Uri broker);

    [LoggerMessage(514, LogLevel.Warning, "the broker does not allow subscribing to {Topic}: no commands of the platform come through. Check the gateway's account at the broker")]
    public static partial void NoCommands(this ILogger log, string topic);

    [LoggerMessage(515, LogLevel.Warning, "{Count} messages on the command topic were ignored, the last one for this reason: {Reason}")]
    public static partial void CommandsIgnored(this ILogger log, long count, string reason);

    [LoggerMessage(516, LogLevel.Warning, "the platform's command {Number} is refused: {Reason}")]
    public static partial void CommandRefused(this ILogger log, long number, string reason);

    [LoggerMessage(517, LogLevel.Information, "the platform's command {Number}: {Stream} {Low} to {High} go out again, {Count} payloads are still kept")]
    public static partial void SendingAgain(this ILogger log, long number, string stream, long low, long high, long count);

    [LoggerMessage(518, LogLevel.Error, "the platform's command {Number} could not be carried out, the store fails: {Reason}. It has to be given again under a new number")]
    public static partial void CommandNotDone(this ILogger log, long number, string reason, Exception exception);

    [LoggerMessage(519, LogLevel.Warning, "mirror {Broker}: {Reason}. Dashboards get nothing until it works again; the evidence is not concerned")]
    public static partial void MirrorFails(this ILogger log, Uri broker, string reason);

    [LoggerMessage(508, LogLevel.Error, "segments cannot be read from the store: {Reason}. The connection is given up and made again")]
    public static partial void StoreUnreadable(this ILogger log, string reason, Exception exception);

    [LoggerMessage(507, LogLevel.Information, "stopping with {Undelivered} segments undelivered: they are stored and will be sent after the next start")]
    public static partial void StoppedWithBacklog(this ILogger log, long undelivered);

    [LoggerMessage(520, LogLevel.Warning, "the broker does not allow subscribing to {Topic}: no receipts of the platform can come. Allow it, or remove broker.receipt-key")]
    public static partial void NoReceipts(this ILogger log, string topic);

    [LoggerMessage(521, LogLevel.Error, "a receipt of the platform for {Stream} is wrong: {Reason}. Nothing of this stream leaves the store any more without being named; compare what the platform has ('verify') and find out whether a copy of this gateway runs")]
    public static partial void WrongReceipt(this ILogger log, string stream, string reason);

    [LoggerMessage(522, LogLevel.Warning, "{Count} messages on the receipt topic were no receipts for this gateway, the last one because: {Why}")]
    public static partial void ReceiptsIgnored(this ILogger log, long count, string why);
}
