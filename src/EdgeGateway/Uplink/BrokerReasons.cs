using System.Collections.Frozen;

namespace EdgeGateway.Uplink;

/// <summary>The tables of reason codes (MQTT 5 §2.4): everything the uplink knows about them stands here.</summary>
internal static class BrokerReasons
{
    private const string Account = "Check broker.username, broker.password-file and the client certificate, and the gateway's account at the broker";
    private const string Name = "Check the gateway's account at the broker and broker.root";
    private const string Features = "This broker cannot be used, or its settings forbid what docs/operations.md lists under Brokers";
    private const string Identity = "Another client uses this gateway's identity: look for a copy of this gateway or of its state folder, and stop it";

    private static readonly FrozenDictionary<byte, BrokerReason> Refusals = Table(
    [
        new(0x84, "unsupported protocol version", Remedy.WaitForPeople, "This broker does not speak MQTT 5: use one that does, or ask for broker.mqtt: 3.1.1"),
        new(0x85, "client identifier not valid", Remedy.WaitForPeople, "Allow the client identifier SITE-GATEWAY at the broker"),
        new(0x86, "bad user name or password", Remedy.WaitForPeople, Account),
        new(0x87, "not authorised", Remedy.WaitForPeople, Account),
        new(0x88, "server unavailable", Remedy.LeaveAlone),
        new(0x89, "server busy", Remedy.LeaveAlone),
        new(0x8A, "banned", Remedy.WaitForPeople, Account),
        new(0x8C, "bad authentication method", Remedy.WaitForPeople, Account),
        new(0x90, "topic name invalid", Remedy.WaitForPeople, Name),
        new(0x95, "packet too large", Remedy.WaitForPeople, "Raise the broker's packet limit to 70000 or more"),
        new(0x97, "quota exceeded", Remedy.LeaveAlone),
        new(0x99, "payload format invalid", Remedy.WaitForPeople, Features),
        new(0x9A, "retain not supported", Remedy.WaitForPeople, Features),
        new(0x9B, "QoS not supported", Remedy.WaitForPeople, Features),
        new(0x9C, "use another server", Remedy.GoToNext, "Only brokers in broker.urls are used"),
        new(0x9D, "server moved", Remedy.GoToNext, "Correct broker.urls; only brokers in it are used"),
        new(0x9F, "connection rate exceeded", Remedy.LeaveAlone),
    ]);

    private static readonly FrozenDictionary<byte, BrokerReason> Farewells = Table(
    [
        new(0x80, "unspecified error", Remedy.LookCloser),
        new(0x81, "malformed packet", Remedy.LookCloser),
        new(0x82, "protocol error", Remedy.LookCloser),
        new(0x83, "implementation specific error", Remedy.LookCloser),
        new(0x87, "not authorised", Remedy.WaitForPeople, Name),
        new(0x89, "server busy", Remedy.LeaveAlone),
        new(0x8B, "server shutting down", Remedy.TryAgain), // mostly a restart: the back-off spreads the gateways, a minute of rest would only be a minute's delay
        new(0x8D, "keep alive timeout", Remedy.TryAgain),
        new(0x8E, "session taken over", Remedy.GiveWay, Identity),
        new(0x90, "topic name invalid", Remedy.WaitForPeople, Name),
        new(0x93, "receive maximum exceeded", Remedy.SlowDown),
        new(0x95, "packet too large", Remedy.FindTheCulprit),
        new(0x96, "message rate too high", Remedy.SlowDown),
        new(0x97, "quota exceeded", Remedy.SlowDown),
        new(0x98, "administrative action", Remedy.LeaveAlone),
        new(0x99, "payload format invalid", Remedy.FindTheCulprit),
        new(0x9A, "retain not supported", Remedy.WaitForPeople, Features),
        new(0x9B, "QoS not supported", Remedy.WaitForPeople, Features),
        new(0x9C, "use another server", Remedy.GoToNext, "Only brokers in broker.urls are used"),
        new(0x9D, "server moved", Remedy.GoToNext, "Correct broker.urls; only brokers in it are used"),
        new(0x9F, "connection rate exceeded", Remedy.LeaveAlone),
        new(0xA0, "maximum connect time", Remedy.TryAgain),
    ]);

    private static readonly FrozenDictionary<byte, PublishOutcome> Publishes = new Dictionary<byte, PublishOutcome>
    {
        [0x00] = PublishOutcome.Acknowledged,
        [0x10] = PublishOutcome.NobodyListens,
        [0x80] = PublishOutcome.Unwell,
        [0x83] = PublishOutcome.Unwell,
        [0x87] = PublishOutcome.Forbidden,
        [0x90] = PublishOutcome.Forbidden,
        [0x91] = PublishOutcome.Confused,
        [0x97] = PublishOutcome.TooFast,
        [0x99] = PublishOutcome.Unacceptable,
    }.ToFrozenDictionary();

    /// <summary>Of a CONNACK that is not 0x00.</summary>
    public static BrokerReason OfRefusal(byte code) => Refusals.GetValueOrDefault(code) ?? new BrokerReason(code, "refused", Remedy.TryAgain);

    /// <summary>Of a DISCONNECT.</summary>
    public static BrokerReason OfFarewell(byte code) => Farewells.GetValueOrDefault(code) ?? new BrokerReason(code, "the broker ended the connection", Remedy.LookCloser);

    /// <summary>Of a PUBACK.</summary>
    public static PublishOutcome OfPublish(byte code) => Publishes.GetValueOrDefault(code, PublishOutcome.Unwell);

    private static FrozenDictionary<byte, BrokerReason> Table(IEnumerable<BrokerReason> reasons) => reasons.ToFrozenDictionary(reason => reason.Code);
}
