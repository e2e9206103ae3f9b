namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>What a status of the standard is in the words of the wire contract.</summary>
internal static class StatusQuality
{
    private static readonly StatusCode UncertainNoCommunicationLastUsableValue = new(0x408F0000);

    private static readonly HashSet<StatusCode> NoSuchPlace =
    [
        StatusCodes.BadNodeIdUnknown, StatusCodes.BadNodeIdInvalid, StatusCodes.BadNoMatch, StatusCodes.BadNotFound, StatusCodes.BadObjectDeleted,
        StatusCodes.BadIndexRangeInvalid, StatusCodes.BadIndexRangeNoData, StatusCodes.BadNodeNotInView,
    ];

    private static readonly HashSet<StatusCode> NotReadable =
    [
        StatusCodes.BadNotReadable, StatusCodes.BadUserAccessDenied, StatusCodes.BadAttributeIdInvalid, StatusCodes.BadNotSupported, StatusCodes.BadNotImplemented,
        StatusCodes.BadServiceUnsupported, StatusCodes.BadSecurityModeRejected, StatusCodes.BadTypeMismatch,
    ];

    private static readonly HashSet<StatusCode> Unreached =
    [
        StatusCodes.BadCommunicationError, StatusCodes.BadNoCommunication, StatusCodes.BadNotConnected, StatusCodes.BadServerNotConnected, StatusCodes.BadDisconnect,
        StatusCodes.BadConnectionClosed, StatusCodes.BadTimeout, StatusCodes.UncertainLastUsableValue, UncertainNoCommunicationLastUsableValue,
    ];

    private static readonly HashSet<StatusCode> NotNow =
    [
        StatusCodes.BadWaitingForInitialData, StatusCodes.BadOutOfService, StatusCodes.BadServerHalted, StatusCodes.BadShutdown, StatusCodes.BadTooManyOperations,
        StatusCodes.BadResourceUnavailable, StatusCodes.BadOutOfMemory, StatusCodes.BadTooManyMonitoredItems, StatusCodes.BadTooManySubscriptions, StatusCodes.BadNoData, StatusCodes.BadDataUnavailable,
        StatusCodes.UncertainInitialValue,
    ];

    /// <summary>What a value with this status is worth. An uncertain value is none: what is sealed is either good or says why not.</summary>
    public static Quality Of(StatusCode status)
    {
        if (status.IsGood) return Quality.Good;
        var code = status.Code;
        if (NoSuchPlace.Contains(code)) return Quality.IllegalAddress;
        if (NotReadable.Contains(code)) return Quality.IllegalFunction;
        if (Unreached.Contains(code)) return Quality.GatewayPath;
        return NotNow.Contains(code) ? Quality.DeviceBusy : Quality.DeviceFailure;
    }
}
