namespace EdgeGateway.Uplink;

/// <summary>The connection to the broker cannot be made or cannot be trusted any longer; the message names broker and reason.</summary>
internal sealed class LinkLostException : Exception
{
    public LinkLostException(string message) : base(message)
    {
    }

    public LinkLostException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
