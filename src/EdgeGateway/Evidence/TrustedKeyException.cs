namespace EdgeGateway.Evidence;

/// <summary>A certificate or public key cannot be used to verify; the message names the file and the remedy.</summary>
internal sealed class TrustedKeyException : Exception
{
    public TrustedKeyException(string message) : base(message)
    {
    }

    public TrustedKeyException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
