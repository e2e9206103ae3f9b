namespace EdgeGateway.Evidence;

/// <summary>The signing key cannot be used; the message names the file and the remedy.</summary>
internal sealed class SigningKeyException : Exception
{
    public SigningKeyException(string message) : base(message)
    {
    }

    public SigningKeyException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
