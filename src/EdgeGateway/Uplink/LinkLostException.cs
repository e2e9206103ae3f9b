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

    public LinkLostException(string message, Remedy remedy) : base(message) => Remedy = remedy;

    /// <summary>What is to be done about it.</summary>
    public Remedy Remedy { get; init; } = Remedy.TryAgain;
}
