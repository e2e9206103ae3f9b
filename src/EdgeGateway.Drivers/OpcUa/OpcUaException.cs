namespace EdgeGateway.Drivers.OpcUa;

/// <summary>
/// The one failure of this protocol: bytes that are no valid message, a server that refused, or a limit that was passed. The message is for
/// people; the status is the one that the server sent, or the one that the standard names for what was found here.
/// </summary>
internal sealed class OpcUaException : Exception
{
    /// <summary>Something failed with a status of the standard.</summary>
    public OpcUaException(StatusCode status, string message) : base(message) => Status = status;

    /// <summary>Something failed because of <paramref name="innerException"/>.</summary>
    public OpcUaException(StatusCode status, string message, Exception innerException) : base(message, innerException) => Status = status;

    /// <summary>What failed, in the standard's terms (OPC 10000-6, annex A.2).</summary>
    public StatusCode Status { get; }

    /// <summary>True if the server took the application and refused the user: asking on could lock the account.</summary>
    public bool IsOfUser => Status.Code == StatusCodes.BadIdentityTokenRejected || Status.Code == StatusCodes.BadIdentityTokenInvalid || Status.Code == StatusCodes.BadUserAccessDenied
        || Status.Code == StatusCodes.BadUserSignatureInvalid;

    /// <summary>Bytes from the network are not what the standard demands.</summary>
    public static OpcUaException Malformed(string message) => new(StatusCodes.BadDecodingError, message);

    /// <summary>A length or a depth is over a limit of ours.</summary>
    public static OpcUaException TooLarge(string message) => new(StatusCodes.BadEncodingLimitsExceeded, message);
}
