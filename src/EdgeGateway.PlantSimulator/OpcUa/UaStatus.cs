namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>The status codes that this server sends (OPC 10000-4, 7.38; numbers of OPC 10000-6, annex A.2).</summary>
internal static class UaStatus
{
    public const uint Good = 0;
    public const uint GoodSubscriptionTransferred = 0x002D0000;
    public const uint GoodNoData = 0x00A50000;
    public const uint BadCommunicationError = 0x80050000;
    public const uint BadDecodingError = 0x80070000;
    public const uint BadTimeout = 0x800A0000;
    public const uint BadServiceUnsupported = 0x800B0000;
    public const uint BadShutdown = 0x800C0000;
    public const uint BadNothingToDo = 0x800F0000;
    public const uint BadTooManyOperations = 0x80100000;
    public const uint BadCertificateInvalid = 0x80120000;
    public const uint BadSecurityChecksFailed = 0x80130000;
    public const uint BadUserAccessDenied = 0x801F0000;
    public const uint BadIdentityTokenInvalid = 0x80200000;
    public const uint BadIdentityTokenRejected = 0x80210000;
    public const uint BadSecureChannelIdInvalid = 0x80220000;
    public const uint BadNonceInvalid = 0x80240000;
    public const uint BadSessionIdInvalid = 0x80250000;
    public const uint BadSessionClosed = 0x80260000;
    public const uint BadSessionNotActivated = 0x80270000;
    public const uint BadSubscriptionIdInvalid = 0x80280000;
    public const uint BadTimestampsToReturnInvalid = 0x802B0000;
    public const uint BadNoCommunication = 0x80310000;
    public const uint BadWaitingForInitialData = 0x80320000;
    public const uint BadNodeIdUnknown = 0x80340000;
    public const uint BadAttributeIdInvalid = 0x80350000;
    public const uint BadIndexRangeInvalid = 0x80360000;
    public const uint BadIndexRangeNoData = 0x80370000;
    public const uint BadDataEncodingUnsupported = 0x80390000;
    public const uint BadMonitoringModeInvalid = 0x80410000;
    public const uint BadMonitoredItemIdInvalid = 0x80420000;
    public const uint BadMonitoredItemFilterInvalid = 0x80430000;
    public const uint BadMonitoredItemFilterUnsupported = 0x80440000;
    public const uint BadFilterNotAllowed = 0x80450000;
    public const uint BadContinuationPointInvalid = 0x804A0000;
    public const uint BadNoContinuationPoints = 0x804B0000;
    public const uint BadReferenceTypeIdInvalid = 0x804C0000;
    public const uint BadBrowseDirectionInvalid = 0x804D0000;
    public const uint BadRequestTypeInvalid = 0x80530000;
    public const uint BadSecurityModeRejected = 0x80540000;
    public const uint BadSecurityPolicyRejected = 0x80550000;
    public const uint BadTooManySessions = 0x80560000;
    public const uint BadApplicationSignatureInvalid = 0x80580000;
    public const uint BadNoMatch = 0x806F0000;
    public const uint BadMaxAgeInvalid = 0x80700000;
    public const uint BadHistoryOperationInvalid = 0x80710000;
    public const uint BadHistoryOperationUnsupported = 0x80720000;
    public const uint BadTooManySubscriptions = 0x80770000;
    public const uint BadTooManyPublishRequests = 0x80780000;
    public const uint BadNoSubscription = 0x80790000;
    public const uint BadSequenceNumberUnknown = 0x807A0000;
    public const uint BadMessageNotAvailable = 0x807B0000;
    public const uint BadTcpMessageTypeInvalid = 0x807E0000;
    public const uint BadTcpMessageTooLarge = 0x80800000;
    public const uint BadTcpNotEnoughResources = 0x80810000;
    public const uint BadSecureChannelTokenUnknown = 0x80870000;
    public const uint BadSequenceNumberInvalid = 0x80880000;
    public const uint BadDeadbandFilterInvalid = 0x808E0000;
    public const uint BadResponseTooLarge = 0x80B90000;
    public const uint BadInvalidTimestampArgument = 0x80BD0000;
    public const uint BadProtocolVersionUnsupported = 0x80BE0000;
    public const uint BadTooManyMonitoredItems = 0x80DB0000;

    /// <summary>The info bits of a value behind which others were lost in a full queue.</summary>
    public const uint Overflow = 0x0480;
}
